import { readFileSync, writeFileSync } from 'node:fs';
import { policy } from './policy.js';
import { withPolicyTable } from './policy-table.js';

/* Writes the table of the access policy into the README. */
const readme = new URL('../../../README.md', import.meta.url);
writeFileSync(readme, withPolicyTable(readFileSync(readme, 'utf8'), policy));
console.log('Wrote the access policy into README.md.');
