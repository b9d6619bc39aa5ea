/** Migrations were refused or failed for a reason that its message tells a person, in sentences. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}
