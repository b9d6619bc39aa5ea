import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { runPrisma } from '../src/index.js';

interface EngineOutcome {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the stand-in as Prisma does, with one line of JSON-RPC or none. */
async function runEngine(args: string[], request?: object): Promise<EngineOutcome> {
  const engine = spawn(fileURLToPath(new URL('../bin/schema-engine.js', import.meta.url)), args);
  engine.stdin.end(request === undefined ? '' : `${JSON.stringify(request)}\n`);
  const ended = new Promise<number | null>((resolve) => engine.on('close', resolve));
  const [stdout, stderr] = await Promise.all([text(engine.stdout), text(engine.stderr)]);
  return { exitCode: await ended, stdout, stderr };
}

/** Nothing listens on port 1. */
const nowhere = ['--datasource', JSON.stringify({ url: 'postgresql://owner@127.0.0.1:1/care' })];

test.each([
  ['a command that it does not have', [...nowhere, 'cli', 'drop-database'], /no command \\"drop-database\\"/],
  ['a mode that it does not have', [...nowhere, 'lsp'], /no command \\"lsp\\"/],
  ['a missing URL', ['cli', 'can-connect-to-database'], /No database URL/],
  ['a server that does not answer', [...nowhere, 'cli', 'can-connect-to-database'], /"error_code":"P1001"/],
  ['an option that it does not know', ['--shadow'], /--shadow/],
])('fails with words for %s', async (_, args, words) => {
  const { exitCode, stderr } = await runEngine(args);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(words);
});

test('answers a request that it cannot carry out with an error', async () => {
  const { stdout } = await runEngine(nowhere, {
    id: 7,
    jsonrpc: '2.0',
    method: 'applyMigrations',
    params: {},
  });
  expect(JSON.parse(stdout)).toMatchObject({ id: 7, error: { data: { is_panic: false } } });
});

test('refuses a method that it does not have before it looks for the database', async () => {
  const { stdout } = await runEngine(nowhere, { id: 8, jsonrpc: '2.0', method: 'getDatabaseDescription' });
  expect(JSON.parse(stdout)).toMatchObject({
    id: 8,
    error: { data: { message: 'The offline engine has no method "getDatabaseDescription"' } },
  });
});

test('tells its version', async () => {
  expect(await runEngine(['--version'])).toMatchObject({ exitCode: 0, stdout: 'schema-engine-cli wasm\n' });
});

test('a schema of several files is read as a whole', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-schema-'));
  try {
    await writeFile(join(folder, 'main.prisma'), 'datasource db {\n  provider = "postgresql"\n}\n');
    await writeFile(join(folder, 'one.prisma'), 'model One {\n  id Int @id\n}\n');
    await writeFile(join(folder, 'two.prisma'), 'model Two {\n  id Int @id\n}\n');
    const config = fileURLToPath(new URL('../../../prisma/users/prisma.config.ts', import.meta.url));
    const diff = ['migrate', 'diff', '--from-config-datasource', '--to-schema', folder, '--config', config];
    const { exitCode, output } = await runPrisma(diff, {
      env: { USERS_MIGRATION_URL: database.migrationUrl },
      output: 'collect',
    });
    expect(exitCode).toBe(0);
    expect(output).toMatch(/Added tables\s+- One\s+- Two/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
