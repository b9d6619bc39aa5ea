import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { runConnectionCommand } from './connection-commands.js';
import { requestHandlers } from './engine-requests.js';
import { serveJsonRpc, type RequestFailure } from './json-rpc.js';
import { startWasmSchemaEngine, type WasmSchemaEngine } from './wasm-schema-engine.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    version: { type: 'boolean' },
    datasource: { type: 'string' },
    datamodels: { type: 'string', multiple: true, default: [] },
    // Accepted because the command line always sends them; the WebAssembly engine has no use for either.
    'enabled-preview-features': { type: 'string' },
    'extension-types': { type: 'string' },
  },
});

if (values.version) {
  process.stdout.write('schema-engine-cli wasm\n');
} else if (positionals[0] === 'cli') {
  const outcome = await runConnectionCommand(positionals[1] ?? '', datasourceUrl());
  if (!outcome.ok) fail(outcome.code, outcome.message);
} else if (positionals.length > 0) {
  fail('P0000', `The offline engine has no command "${positionals.join(' ')}"`);
} else {
  await serve();
}

async function serve(): Promise<void> {
  let started: WasmSchemaEngine | undefined;
  // A panic within a callback of the engine rejects nothing: whoever waits for its answer would wait for ever.
  process.on('uncaughtException', (error) => {
    fail('P0000', started?.describe(error) ?? error.message);
  });
  /** The engine connects when it starts, so a request that it cannot answer must not start it. */
  const start = async (): Promise<WasmSchemaEngine> => {
    const files = await Promise.all(
      values.datamodels.map(async (path): Promise<[string, string]> => [path, await readFile(path, 'utf8')]),
    );
    return (started ??= await startWasmSchemaEngine(datasourceUrl(), files));
  };
  const explain = (error: unknown): RequestFailure => ({
    message: started?.describe(error) ?? (error instanceof Error ? error.message : String(error)),
    errorCode: codeOf(error),
    meta: error instanceof Error && 'meta' in error ? error.meta : null,
  });
  const streams = { input: process.stdin, output: process.stdout };
  await serveJsonRpc(
    streams,
    async (method, params, print) => {
      const handler = requestHandlers.get(method);
      if (handler === undefined) throw new Error(`The offline engine has no method "${method}"`);
      const { engine } = await start();
      return handler(engine, params as never, print);
    },
    explain,
  );
  // Pools that the engine still holds would keep the process alive.
  process.exit(0);
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function datasourceUrl(): string {
  const parsed: unknown = JSON.parse(values.datasource ?? '{}');
  const url = typeof parsed === 'object' && parsed !== null && 'url' in parsed ? parsed.url : undefined;
  if (typeof url !== 'string' || url === '') {
    return fail('P1012', "No database URL: set the service's *_MIGRATION_URL (see prisma/README.md)");
  }
  return url;
}

/** Ends the process as the native engine does: one JSON line on standard error, after a line that Prisma skips. */
function fail(code: string, message: string): never {
  const fields = { message, error_code: code };
  const entry = {
    timestamp: new Date().toISOString(),
    level: 'ERROR',
    target: 'schema_engine::logger',
    fields,
  };
  process.stderr.write(`offline schema engine\n${JSON.stringify(entry)}\n`);
  process.exit(1);
}
