export { answerAfterEntry } from './answer-after-entry.js';
export type { AuditEvent } from './audit-entry.js';
export type { AuditActor } from './audit-log-entry.js';
export type { AuditLog, AuditLogPage } from './audit-log.js';
export type { AuditRecorder } from './audit-recorder.js';
export { auditSettings, type AuditSettings } from './audit-settings.js';
export { openAuditTrail, type AuditTrail } from './audit-trail.js';
export { actAsService } from './service-origin.js';
export { recordAccess } from './record-access.js';
