import type { CreateMigrationInput, CreateMigrationOutput, DiffParams } from '@prisma/schema-engine-wasm';
import type { WasmSchemaEngine } from './wasm-schema-engine.js';

type Engine = WasmSchemaEngine['engine'];
/** Carries out one request of Prisma's command line; the engine itself checks the parameters' shape. */
export type RequestHandler = (params: never) => Promise<unknown>;

/**
 * The requests of the native engine's JSON-RPC that the WebAssembly engine can answer, by method. `print` shows
 * text on the command line's own standard output and resolves when that is done.
 */
export function requestHandlers(
  engine: Engine,
  print: (content: string) => Promise<void>,
): ReadonlyMap<string, RequestHandler> {
  const handlers: Record<string, RequestHandler> = {
    applyMigrations: (params) => engine.applyMigrations(params),
    createMigration: (params) => createMigration(engine, params),
    dbExecute: (params) => engine.dbExecute(params),
    devDiagnostic: (params) => engine.devDiagnostic(params),
    diagnoseMigrationHistory: (params) => engine.diagnoseMigrationHistory(params),
    diff: (params) => diff(engine, params, print),
    ensureConnectionValidity: (params) => engine.ensureConnectionValidity(params),
    evaluateDataLoss: (params) => engine.evaluateDataLoss(params),
    getDatabaseVersion: (params) => engine.version(params),
    introspect: (params) => engine.introspect(params),
    introspectSql: (params) => engine.introspectSql(params),
    markMigrationApplied: (params) => engine.markMigrationApplied(params),
    markMigrationRolledBack: (params) => engine.markMigrationRolledBack(params),
    reset: (params) => engine.reset(params),
    schemaPush: (params) => engine.schemaPush(params),
  };
  return new Map(Object.entries(handlers));
}

/** The native engine prints a difference itself and answers with the exit code only. */
async function diff(
  engine: Engine,
  params: DiffParams,
  print: (content: string) => Promise<void>,
): Promise<{ exitCode: number }> {
  const { exitCode, stdout } = await engine.diff({ ...params, exitCode: params.exitCode ?? null });
  if (stdout) await print(stdout.replace(/\n$/, ''));
  return { exitCode };
}

/** This build of the engine refuses `createMigration` (it asks for a shadow database), but its `diff` works. */
async function createMigration(engine: Engine, input: CreateMigrationInput): Promise<CreateMigrationOutput> {
  const { migrationsList, schema, migrationName, draft, filters } = input;
  const history = migrationsList.migrationDirectories.length > 0;
  const { exitCode, stdout } = await engine.diff({
    from: history ? { tag: 'migrations', ...migrationsList } : { tag: 'empty' },
    to: { tag: 'schemaDatamodel', ...schema },
    script: true,
    exitCode: true,
    filters,
  });
  const timestamp = new Date().toISOString().replace(/\D/g, '').slice(0, 14);
  return {
    connectorType: 'postgresql',
    generatedMigrationName: migrationName ? `${timestamp}_${migrationName}` : timestamp,
    migrationScript: exitCode === 0 && !draft ? null : (stdout ?? ''),
    extension: 'sql',
  };
}
