import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Where the server is looked for: at `REDIS_SERVER_PATH`, else where Debian puts it. */
export const redisServerPath = process.env['REDIS_SERVER_PATH'] ?? '/usr/bin/redis-server';

/** Whether tests on Redis must be left out; where everything has to run (`CI`), a missing server is a failure. */
export const redisTestsLeftOut = !existsSync(redisServerPath) && process.env['CI'] !== 'true';

/** A Redis server of one's own that keeps nothing; killed when it goes out of scope. */
export interface RedisServer extends AsyncDisposable {
  readonly url: string;
  /** Kills the server. */
  kill(): Promise<void>;
  /** Stops the server from answering; its connections stay. */
  freeze(): void;
  /** Lets it answer again, what it was asked meanwhile first. */
  thaw(): void;
  /** Starts it again, empty, on the same port, and waits until it listens. */
  start(): Promise<void>;
}

/** Starts a server on a port of 127.0.0.1. Throws a sentence that says what to do when there is none to start. */
export async function startRedisServer(port: number): Promise<RedisServer> {
  if (!existsSync(redisServerPath)) {
    throw new Error(
      `There is no Redis at ${redisServerPath}: install redis-server, or say where it is in REDIS_SERVER_PATH.`,
    );
  }
  let server: ChildProcess | null = null;
  const kill = async (): Promise<void> => {
    if (server === null) return;
    const exit = once(server, 'exit');
    server.kill('SIGKILL');
    await exit;
    server = null;
  };
  const start = async (): Promise<void> => {
    server = await launch(port);
  };
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    kill,
    freeze: () => server?.kill('SIGSTOP'),
    thaw: () => server?.kill('SIGCONT'),
    start,
    [Symbol.asyncDispose]: kill,
  };
}

async function launch(port: number): Promise<ChildProcess> {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn(redisServerPath, settings, { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: server.stdout });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes('Ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', () => {
      reject(new Error('The Redis server ended before it was ready.'));
    });
  });
  return server;
}
