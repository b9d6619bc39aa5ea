import type { CreateMigrationInput, CreateMigrationOutput, DiffParams } from '@prisma/schema-engine-wasm';
import type { WasmSchemaEngine } from './wasm-schema-engine.js';

type Engine = WasmSchemaEngine['engine'];
/** Shows text on the command line's own standard output; resolves when that is done. */
type Print = (content: string) => Promise<void>;
/** Carries out one request of Prisma's command line; the engine itself checks the parameters' shape. */
type RequestHandler = (engine: Engine, params: never, print: Print) => Promise<unknown>;

/** The requests of the native engine's JSON-RPC that the WebAssembly engine can answer, by method. */
export const requestHandlers: ReadonlyMap<string, RequestHandler> = new Map(
  Object.entries<RequestHandler>({
    applyMigrations: (engine, params) => engine.applyMigrations(params),
    createMigration,
    dbExecute: (engine, params) => engine.dbExecute(params),
    devDiagnostic: (engine, params) => engine.devDiagnostic(params),
    diagnoseMigrationHistory: (engine, params) => engine.diagnoseMigrationHistory(params),
    diff,
    ensureConnectionValidity: (engine, params) => engine.ensureConnectionValidity(params),
    evaluateDataLoss: (engine, params) => engine.evaluateDataLoss(params),
    getDatabaseVersion: (engine, params) => engine.version(params),
    introspect: (engine, params) => engine.introspect(params),
    introspectSql: (engine, params) => engine.introspectSql(params),
    markMigrationApplied: (engine, params) => engine.markMigrationApplied(params),
    markMigrationRolledBack: (engine, params) => engine.markMigrationRolledBack(params),
    reset: (engine, params) => engine.reset(params),
    schemaPush: (engine, params) => engine.schemaPush(params),
  }),
);

/** The native engine prints a difference itself and answers with the exit code only. */
async function diff(engine: Engine, params: DiffParams, print: Print): Promise<{ exitCode: number }> {
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
