import { z } from 'zod';
import { errorCode, isCertificateFailure } from './certificate-failure.js';
import type { Logger } from './logger.js';
import { ServiceUnavailableError, type ServiceClient } from './service-client.js';

/** How long to wait before asking again while the document has never been had, in milliseconds: somebody waits for it. */
const firstInterval = 100;
/** How long the first answer may take before that is a warning, in milliseconds: processes start side by side. */
const startPatience = 5_000;

/** A document of another service, as it was when that service was last asked. */
export interface FollowedDocument<Value> {
  /** The document; null until it has been had for the first time. */
  current(): Value | null;
  /** How long ago it was known to be current, in milliseconds; `Infinity` until it has been had. */
  age(): number;
  /** Asks now, beside the usual turns; resolves when the answer is in, or the service could not be asked. */
  refresh(): Promise<void>;
  stop(): void;
}

export interface FollowOptions<Schema extends z.ZodType> {
  readonly client: ServiceClient;
  /** A `ServiceRoute` of the service. */
  readonly path: string;
  readonly schema: Schema;
  /** The time between an answer and the next question, in milliseconds; until the first document, a tenth of a second. */
  readonly interval: number;
  readonly logger: Logger;
  /** Milliseconds that only grow. */
  readonly now?: () => number;
}

/**
 * Keeps a copy of a small document that another service owns, for decisions that cannot wait for a call each: which
 * sessions have ended, whose records are restricted. While the service cannot be asked, the last copy stays,
 * and each reason is logged once.
 */
export function followDocument<Schema extends z.ZodType>(
  options: FollowOptions<Schema>,
): FollowedDocument<z.output<Schema>> {
  const { client, path, schema, interval, logger, now = () => performance.now() } = options;
  let value: z.output<Schema> | null = null;
  let etag: string | undefined;
  let confirmedAt = -Infinity;
  const startedAt = now();
  /** What this outage has been logged for. */
  const told = new Set<string>();
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let asking: Promise<void> | null = null;

  async function ask(): Promise<void> {
    const askedAt = now();
    try {
      const answer = await client.read(path, etag);
      if (answer !== 'unchanged') {
        const parsed = schema.safeParse(answer.document);
        if (!parsed.success) throw new ServiceUnavailableError(path, 'invalid-response');
        value = parsed.data;
        etag = answer.etag;
      }
      confirmedAt = askedAt;
      if (told.size > 0) logger.info({ path }, 'another service can be asked again');
      told.clear();
    } catch (error) {
      if (!stopped) tell(error);
    }
  }

  function tell(error: unknown): void {
    const isStarting = value === null && now() - startedAt < startPatience;
    // Time mends no certificate.
    const level = isStarting && !isCertificateFailure(causeOf(error)) ? 'info' : 'warn';
    const line = `${level} ${reasonOf(error)}`;
    if (told.has(line)) return;
    told.add(line);
    logger[level]({ err: error, path }, 'another service cannot be asked');
  }

  /** One question at a time; the next turn follows the answer, however long that took. */
  function refresh(): Promise<void> {
    asking ??= ask().finally(() => {
      asking = null;
      clearTimeout(timer);
      const pause = value === null ? Math.min(firstInterval, interval) : interval;
      if (!stopped) timer = setTimeout(() => void refresh(), pause);
    });
    return asking;
  }

  void refresh();
  return {
    current: () => value,
    age: () => now() - confirmedAt,
    refresh,
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function causeOf(error: unknown): unknown {
  return error instanceof ServiceUnavailableError ? error.cause : error;
}

/** What tells one reason from another; what a service answers is no part of it, because that could be anything. */
function reasonOf(error: unknown): string {
  if (!(error instanceof ServiceUnavailableError)) return String(error);
  return error.reason === 'unreachable' ? errorCode(error.cause) || String(error.cause) : error.reason;
}
