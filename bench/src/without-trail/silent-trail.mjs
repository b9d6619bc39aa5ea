/*
 * The audit trail's package with its work taken out: nothing is noted or written, no answer waits, and there is next
 * to nothing to seal. For the benchmark only, which runs it on databases whose triggers are off.
 */
import * as real from '@caregraph/audit-trail';

export * from '@caregraph/audit-trail';

/** @type {import('@caregraph/audit-trail').AuditRecorder} */
const recorder = {
  read() {},
  note() {},
  changeContext: () => '',
  pseudonym: () => '',
  write: () => Promise.resolve(),
};

/** @type {typeof import('@caregraph/audit-trail').openAuditTrail} */
export function openAuditTrail(options) {
  const settings = { ...options.settings, AUDIT_SEAL_INTERVAL_MS: 60_000 };
  return { ...real.openAuditTrail({ ...options, settings }), recorderFor: () => recorder };
}

/** @type {typeof import('@caregraph/audit-trail').recordAccess} */
export const recordAccess = (schema) => schema;

/** @type {typeof import('@caregraph/audit-trail').answerAfterEntry} */
export const answerAfterEntry = () => ({});
