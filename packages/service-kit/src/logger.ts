import { pino, stdSerializers, type Logger, type LoggerOptions } from 'pino';

export type { Logger } from 'pino';

/**
 * The structured log of one process: a JSON line an event, on standard output. Patient data never belongs in it:
 * log identifiers, counts and durations. A level that does not exist counts as `info`; the settings report it.
 */
export function createLogger(service: string, level: string | undefined): Logger {
  const options: LoggerOptions = {
    level: level !== undefined && (level === 'silent' || level in pino.levels.values) ? level : 'info',
    base: { service },
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: describeError },
  };
  // Written at once: what is written later can overtake, or be lost when the process ends.
  return pino(options, pino.destination({ dest: 1, sync: true }));
}

/**
 * An error for the log: what it is, what it says and where it was thrown. Nothing else that it carries: PostgreSQL's
 * errors, for one, quote the row that was refused.
 */
function describeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { type, message, stack } = stdSerializers.err(error);
  const code: unknown = 'code' in error ? error.code : undefined;
  return { type, message, stack, ...(typeof code === 'string' && { code }) };
}
