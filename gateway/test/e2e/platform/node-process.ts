import { spawn } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { createInterface } from 'node:readline';
import { finished } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';

/** One line of a process's structured log. */
export type LogLine = Readonly<Record<string, unknown>>;

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program of the platform that runs as a process of its own; killed when it goes out of scope. */
export interface NodeProcess extends AsyncDisposable {
  readonly id: number;
  readonly exit: Promise<Exit>;
  /** All that was written so far: the log's lines, parsed, and every character of both streams. */
  readonly lines: readonly LogLine[];
  output(): string;
  errorOutput(): string;
  /** The first log line that fits, written already or yet to come. Rejects when the process ends without it. */
  line(fits: (line: LogLine) => boolean): Promise<LogLine>;
  signal(signal: NodeJS.Signals): void;
  /** Closes the channel to this process, as when the parent has died. */
  disconnect(): void;
}

/**
 * Starts a built program with nothing in its environment but PATH and `environment`. The channel to it closes with
 * this process, so that it ends even if a test run is killed.
 */
export function startNodeProcess(
  entry: URL,
  environment: Readonly<Record<string, string>>,
  args: readonly string[] = [],
): NodeProcess {
  const child = spawn(process.execPath, [fileURLToPath(entry), ...args], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('The process has no output to read.');
  const output: string[] = [];
  const errorOutput: string[] = [];
  const lines: LogLine[] = [];
  const events = new EventEmitter();
  events.setMaxListeners(0);
  stderr.setEncoding('utf8').on('data', (text: string) => errorOutput.push(text));
  createInterface({ input: stdout }).on('line', (text) => {
    output.push(text);
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text) as LogLine;
    lines.push(line);
    events.emit('line', line);
  });
  const ended = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
  let hasEnded = false;
  // Not the event `close`: it does not come after `disconnect`.
  const exit = Promise.all([ended, finished(stdout), finished(stderr)]).then(([how]) => {
    hasEnded = true;
    events.emit('end');
    return how;
  });
  const everything = (): string => [...output, ...errorOutput].join('\n');

  return {
    id: child.pid ?? -1,
    exit,
    lines,
    output: everything,
    errorOutput: () => errorOutput.join(''),
    line: (fits) =>
      new Promise((resolve, reject) => {
        const known = lines.find(fits);
        if (known !== undefined) {
          resolve(known);
          return;
        }
        const onEnd = (): void => {
          events.off('line', onLine);
          reject(new Error(`The process ended before it wrote that line:\n${everything()}`));
        };
        const onLine = (line: LogLine): void => {
          if (!fits(line)) return;
          events.off('line', onLine);
          events.off('end', onEnd);
          resolve(line);
        };
        if (hasEnded) onEnd();
        else events.on('line', onLine).once('end', onEnd);
      }),
    signal: (signal) => child.kill(signal),
    disconnect() {
      child.disconnect();
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exit;
    },
  };
}
