import { discardCluster, isRunning, processRecord, type ProcessRecord } from '@caregraph/postgres';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import { z } from 'zod';
import { findLastingPort } from './lasting-port.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const lockFile = z.object({ runner: processRecord, children: z.record(z.string(), processRecord) });

/** One `npm start`. */
export interface Runner {
  /** Everything it has printed so far. */
  output: () => string;
  /** Resolves when it has printed this; rejects, with what it did print, when it ends without. */
  printed: (text: string) => Promise<void>;
  signal: (signal: NodeJS.Signals) => void;
  isRunning: () => boolean;
  /** How it ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** A data directory and five ports of its own, for one `npm start` after another. */
export interface Installation extends AsyncDisposable {
  /** The settings that name the ports. */
  ports: Readonly<Record<string, string>>;
  gatewayUrl: string;
  /** Runs `npm start`, with `settings` over those of the installation. */
  start: (settings?: Readonly<Record<string, string>>) => Runner;
  /** The `npm start` that runs and has said where everything is; a new one when none does. */
  running: () => Promise<Runner>;
  /** The processes of the platform that runs: the runner and its four children, without PostgreSQL's. */
  processes: () => Promise<Record<string, ProcessRecord>>;
}

/** Makes an installation in a temporary folder; whatever of it still runs at the end is ended. */
export async function createInstallation(): Promise<Installation> {
  const folder = await mkdtemp(path.join(tmpdir(), 'caregraph-installation-'));
  await chmod(folder, 0o755);
  const names = ['PORT', 'USERS_PORT', 'PATIENTS_PORT', 'APPOINTMENTS_PORT', 'POSTGRES_PORT'];
  const ports: Record<string, string> = {};
  for (const name of names) ports[name] = String(await findLastingPort());
  const runners: Runner[] = [];
  const processes = async (): Promise<Record<string, ProcessRecord>> => {
    const { runner, children } = lockFile.parse(
      JSON.parse(await readFile(path.join(folder, 'runner.json'), 'utf8')),
    );
    return { runner, ...children };
  };
  const start = (settings: Readonly<Record<string, string>> = {}): Runner => {
    const runner = startRunner({ ...ports, CAREGRAPH_DATA_DIR: folder, ...settings });
    runners.push(runner);
    return runner;
  };
  return {
    ports,
    gatewayUrl: `http://127.0.0.1:${ports['PORT'] ?? ''}`,
    processes,
    start,
    running: async () => {
      const runner = runners.find(({ isRunning }) => isRunning()) ?? start();
      await runner.printed('Ctrl-C stops it.');
      return runner;
    },
    [Symbol.asyncDispose]: async () => {
      const left = await processes().catch(() => ({}));
      for (const runner of runners) runner.signal('SIGKILL');
      await Promise.all(runners.map((runner) => runner.ended));
      // The children notice by themselves that the runner has gone.
      await expectGone(Object.values(left));
      await discardCluster(path.join(folder, 'postgres'), { force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until none of these processes is left. */
export async function expectGone(processes: readonly ProcessRecord[]): Promise<void> {
  await vi.waitFor(
    () => {
      expect(processes.filter(isRunning)).toEqual([]);
    },
    { timeout: 15_000, interval: 50 },
  );
}

function startRunner(environment: Record<string, string>): Runner {
  const { PATH, HOME, npm_execpath: npm } = process.env;
  const child = spawn(process.execPath, [path.join(root, 'scripts', 'run.mjs'), 'start'], {
    env: { PATH, HOME, npm_execpath: npm, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
    child.emit('printed');
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = once(child, 'close').then(() => ({ code: child.exitCode, signal: child.signalCode }));
  return {
    output: () => output,
    signal: (signal) => {
      child.kill(signal);
    },
    ended,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    printed: (text) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!output.includes(text)) return;
          child.off('printed', look);
          resolve();
        };
        child.on('printed', look);
        void ended.then(() => {
          reject(new Error(`It ended without "${text}":\n${output}`));
        });
        look();
      }),
  };
}
