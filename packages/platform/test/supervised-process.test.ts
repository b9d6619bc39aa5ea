import { findFreePort } from '@caregraph/postgres';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openChildOutput } from '../src/child-output.js';
import { ProcessStartError, SupervisedProcess } from '../src/supervised-process.js';

/** Stands in for a service: answers, logs, ends by itself when asked to, and drains on SIGTERM. */
const standIn = `
  import { existsSync } from 'node:fs';
  import { createServer } from 'node:http';
  const server = createServer((request, response) => {
    if (request.url === '/crash') process.exit(3);
    if (request.url === '/ready' && existsSync('broken')) response.statusCode = 503;
    if (request.url === '/warn') console.log(JSON.stringify({ level: 40, msg: 'look here' }));
    response.end(String(process.pid));
  });
  server.listen(Number(process.env.PORT), '127.0.0.1');
  process.on('SIGTERM', () => { console.log('drained'); process.exit(0); });
  process.on('disconnect', () => process.exit(0));`;
const never = new AbortController().signal;

it('starts, drains and ends a process, and keeps what it said in a file', async () => {
  const { supervised, origin, folder, events } = await supervise(standIn);
  await supervised.start(never);
  const warned = once(events, 'report');
  await fetch(`${origin}/warn`);
  expect(await warned).toEqual(['stand-in: warning: look here']);
  await supervised.stop(10_000);
  await expect(fetch(origin)).rejects.toThrow();
  expect(await readFile(path.join(folder, 'stand-in.log'), 'utf8')).toMatch(/"look here"[^]*drained\n$/);
});

it('keeps what arrives after the end of a process', async () => {
  const { supervised, folder } = await supervise(`${standIn}
    import { spawn } from 'node:child_process';
    const lastWords = 'while kill -0 ' + process.pid + ' 2>/dev/null; do :; done; echo "last words"';
    spawn('sh', ['-c', lastWords], { stdio: ['ignore', 'inherit', 'inherit'] });`);
  await supervised.start(never);
  await supervised.stop(10_000);
  expect(await readFile(path.join(folder, 'stand-in.log'), 'utf8')).toBe('drained\nlast words\n');
});

it('starts a process again that ended by itself, and says so', async () => {
  const { supervised, origin, events } = await supervise(standIn);
  await supervised.start(never);
  const first = await pidOf(origin);
  const reports: unknown[] = [];
  events.on('report', (line) => reports.push(line));
  const back = new Promise<void>((resolve) => {
    events.on('report', (line) => {
      if (line === 'stand-in is back.') resolve();
    });
  });
  await fetch(`${origin}/crash`).catch(() => undefined);
  await back;
  expect(await pidOf(origin)).not.toBe(first);
  expect(reports[0]).toBe('stand-in ended (exit code 3); starting it again.');
});

it('lets a process that was started again work as well as it can, ready or not', async () => {
  const { supervised, origin, folder, events } = await supervise(standIn);
  await supervised.start(never);
  await writeFile(path.join(folder, 'broken'), '');
  const back = new Promise<void>((resolve) => {
    events.on('report', (line) => {
      if (line === 'stand-in is back.') resolve();
    });
  });
  await fetch(`${origin}/crash`).catch(() => undefined);
  await back;
  expect((await fetch(`${origin}/ready`)).status).toBe(503);
});

it('replaces a process on request without calling that an accident', async () => {
  const { supervised, origin, events } = await supervise(standIn);
  await supervised.start(never);
  const first = await pidOf(origin);
  const reports: unknown[] = [];
  events.on('report', (line) => reports.push(line));
  expect(await supervised.restart()).toBe(true);
  expect(await pidOf(origin)).not.toBe(first);
  expect(reports).toEqual([]);
});

it('tells what a process said that ended before it was ready', async () => {
  const { supervised } = await supervise("console.error('Port 4 is taken.'); process.exit(1);");
  const attempt = supervised.start(never);
  await expect(attempt).rejects.toThrow(ProcessStartError);
  await expect(attempt).rejects.toThrow('Port 4 is taken.');
});

it('tells what a process last warned of that does not become ready', async () => {
  const { supervised } = await supervise(
    `for (const msg of ['the other one is away', 'not ready']) console.log(JSON.stringify({ level: 40, msg })); ${standIn}`,
    { readyPatience: 3_000 },
    ['broken'],
  );
  await expect(supervised.start(never)).rejects.toThrow(
    'stand-in did not become ready in time.\n  - warning: the other one is away\n  - warning: not ready',
  );
});

it('kills a process that does not end in time', async () => {
  const { supervised, origin } = await supervise(
    `${standIn}\nprocess.removeAllListeners('SIGTERM'); process.on('SIGTERM', () => undefined);`,
  );
  await supervised.start(never);
  await supervised.stop(100);
  await expect(fetch(origin)).rejects.toThrow();
});

interface Fixture {
  supervised: SupervisedProcess;
  origin: string;
  folder: string;
  /** Emits `report` with each line. */
  events: EventEmitter;
}

async function supervise(
  program: string,
  options: { readyPatience?: number } = {},
  files: readonly string[] = [],
): Promise<Fixture> {
  const folder = await mkdtemp(path.join(tmpdir(), 'caregraph-supervised-'));
  const entry = path.join(folder, 'main.mjs');
  await writeFile(entry, program);
  for (const name of files) await writeFile(path.join(folder, name), '');
  const port = await findFreePort();
  const origin = `http://127.0.0.1:${port}`;
  const events = new EventEmitter();
  const report = (line: string): void => {
    events.emit('report', line);
  };
  const supervised = new SupervisedProcess({
    name: 'stand-in',
    entry,
    cwd: folder,
    environment: { PORT: String(port) },
    readyUrl: `${origin}/ready`,
    liveUrl: origin,
    output: openChildOutput('stand-in', folder, report),
    onSpawn: () => undefined,
    report,
    ...options,
  });
  onTestFinished(async () => {
    supervised.kill();
    await supervised.stop(1_000);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  return { supervised, origin, folder, events };
}

async function pidOf(origin: string): Promise<string> {
  return (await fetch(origin)).text();
}
