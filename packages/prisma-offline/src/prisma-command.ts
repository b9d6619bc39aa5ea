import { spawn, type StdioOptions } from 'node:child_process';
import { delimiter, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a run of Prisma's command line ended. */
export interface PrismaOutcome {
  /** As a shell has it: 128 and the signal's number when a signal ended it. */
  readonly exitCode: number;
  /** Standard output and standard error, in the order of their arrival; empty when they were inherited. */
  readonly output: string;
}

/** How to run Prisma's command line. */
export interface PrismaOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Whether Prisma talks to this process's terminal, or its output is collected. */
  readonly output: 'inherit' | 'collect';
}

/**
 * Runs Prisma's command line with the schema engine of this package, and with nothing that reaches for the
 * internet: no engine download, no telemetry, no look for updates.
 */
export function runPrisma(args: readonly string[], options: PrismaOptions): Promise<PrismaOutcome> {
  const stdio: StdioOptions = options.output === 'inherit' ? 'inherit' : ['ignore', 'pipe', 'pipe'];
  const child = spawn(
    process.execPath,
    [fileURLToPath(import.meta.resolve('prisma/build/index.js')), ...args],
    {
      env: {
        ...options.env,
        // The stand-in is started through its first line, and must find the Node that runs Prisma.
        PATH: [dirname(process.execPath), options.env['PATH']].filter(Boolean).join(delimiter),
        PRISMA_SCHEMA_ENGINE_BINARY: fileURLToPath(new URL('../bin/schema-engine.js', import.meta.url)),
        PRISMA_HIDE_UPDATE_MESSAGE: '1',
        CHECKPOINT_DISABLE: '1',
      },
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
      stdio,
    },
  );
  let output = '';
  const collect = (chunk: Buffer): void => {
    output += chunk.toString('utf8');
  };
  child.stdout?.on('data', collect);
  child.stderr?.on('data', collect);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      resolve({ exitCode: code ?? 128 + (signal === 'SIGINT' ? 2 : 15), output });
    });
  });
}
