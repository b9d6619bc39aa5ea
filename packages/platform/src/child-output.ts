import { createWriteStream, existsSync, mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { z } from 'zod';

/** Where the output of one child goes: all of it to a file, and what matters to `report`. */
export interface ChildOutput {
  /** Takes over the streams of one run of the child. */
  capture: (stdout: Readable, stderr: Readable) => void;
  /** What the child last printed on standard error, at most twenty lines. */
  lastErrors: () => string;
  /** The last different warnings and errors that the child has logged, as they were reported, at most three. */
  lastWarnings: () => readonly string[];
  /** Settles when everything is in the file; what comes later is left out. */
  close: () => Promise<void>;
}

const logLine = z.object({
  level: z.number(),
  msg: z.string().default(''),
  err: z.object({ message: z.string() }).optional(),
});
/** From this level on (pino's `warn`), a line is shown to whoever watches the runner. */
const warnLevel = 40;
const errorLevel = 50;
/** The same line is shown again only after this many milliseconds: an outage repeats itself. */
const repeatAfter = 10_000;

/** Opens `<logDirectory>/<name>.log`; the log of the run before is kept as `<name>.previous.log`. */
export function openChildOutput(
  name: string,
  logDirectory: string,
  report: (line: string) => void,
): ChildOutput {
  mkdirSync(logDirectory, { recursive: true });
  const file = path.join(logDirectory, `${name}.log`);
  if (existsSync(file)) renameSync(file, path.join(logDirectory, `${name}.previous.log`));
  const log = createWriteStream(file, { flags: 'a', mode: 0o600 });
  // A full disk costs the log and nothing else.
  log.once('error', (error) => {
    log.on('error', () => undefined);
    report(`${name}: its log cannot be written: ${error.message}`);
  });
  const write = (line: string): void => {
    if (log.writable) log.write(`${line}\n`);
  };
  const lastShown = new Map<string, number>();
  let errors: string[] = [];
  let warnings: string[] = [];
  const show = (line: string): void => {
    const now = performance.now();
    if (now - (lastShown.get(line) ?? -Infinity) < repeatAfter) return;
    if (lastShown.size > 100) lastShown.clear();
    lastShown.set(line, now);
    report(`${name}: ${line}`);
  };
  return {
    capture: (stdout, stderr) => {
      errors = [];
      warnings = [];
      createInterface(stdout).on('line', (line) => {
        write(line);
        const summary = summarise(line);
        if (summary === undefined) return;
        warnings = [...warnings.filter((other) => other !== summary).slice(-2), summary];
        show(summary);
      });
      createInterface(stderr).on('line', (line) => {
        write(line);
        errors = [...errors.slice(-19), line];
      });
    },
    lastErrors: () => errors.join('\n'),
    lastWarnings: () => warnings,
    close: () =>
      new Promise((resolve) => {
        log.end(() => {
          resolve();
        });
      }),
  };
}

/** A line for people from a JSON log line that is a warning or worse; undefined for all others. */
export function summarise(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch {
    return undefined;
  }
  const parsed = logLine.safeParse(json);
  if (!parsed.success || parsed.data.level < warnLevel) return undefined;
  const { level, msg, err } = parsed.data;
  const text = [msg, err?.message].filter((part) => part !== undefined && part !== '').join(': ');
  return `${level >= errorLevel ? 'error' : 'warning'}: ${text}`;
}
