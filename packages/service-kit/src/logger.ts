import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

/**
 * The structured log of one process: a JSON line an event, on standard output. Patient data never belongs in it:
 * log identifiers, counts and durations.
 */
export function createLogger(service: string, level: string): Logger {
  return pino({ level, base: { service }, timestamp: pino.stdTimeFunctions.isoTime });
}
