/*
 * The audit trail's package with its work taken out: nothing is noted, written or sealed, and no answer waits.
 * For the benchmark only, which runs it on databases whose triggers are off.
 */
export * from '@caregraph/audit-trail';

/** @type {import('@caregraph/audit-trail').AuditRecorder} */
const recorder = {
  field() {},
  note() {},
  changeContext: () => '',
  write: () => Promise.resolve(),
};

/** @returns {import('@caregraph/audit-trail').AuditTrail} */
export function openAuditTrail() {
  return { recorderFor: () => recorder, close: () => Promise.resolve() };
}

/** @type {typeof import('@caregraph/audit-trail').recordAccess} */
export const recordAccess = (schema) => schema;

/** @type {typeof import('@caregraph/audit-trail').answerAfterEntry} */
export const answerAfterEntry = () => ({});
