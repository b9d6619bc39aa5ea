export { checkDrift, type DriftReport } from './drift.js';
export { migrate, type MigrateOptions, type MigrationStep } from './migrate.js';
export { MigrationError } from './migration-error.js';
export type { MigrationState, MigrationStatus } from './migration-state.js';
export { rollback, type RollbackOptions } from './rollback.js';
export { services, type Service } from './services.js';
export { readStatus, type StatusOptions } from './status.js';
