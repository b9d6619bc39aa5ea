import { sendJson, type Handler } from './http-server.js';
import type { Logger } from './logger.js';

/** Something that must work for a process to be of use; throws when it does not. */
export interface ReadinessCheck {
  readonly name: string;
  readonly check: () => Promise<unknown>;
}

/** How long a check may take before it counts as failed, in milliseconds. */
const checkTimeout = 2_000;

/** How long a check may fail before it is logged, in milliseconds: what has only just started waits for others. */
const patience = 5_000;

/**
 * `GET /health/live`: the process runs. `GET /health/ready`: every check passes, else 503; the answer names each
 * check with `ok` or `failed`, and nothing about why: that is in the log, once for each check that goes on failing.
 * `now` is in milliseconds.
 */
export function healthHandler(
  checks: readonly ReadinessCheck[],
  logger: Logger,
  now: () => number = () => performance.now(),
): Handler {
  const failing = new Map<string, { readonly since: number; isLogged: boolean }>();

  async function isPassed({ name, check }: ReadinessCheck): Promise<boolean> {
    const failure = await failureOf(check);
    if (failure === null) {
      failing.delete(name);
      return true;
    }
    const state = failing.get(name) ?? { since: now(), isLogged: false };
    failing.set(name, state);
    if (!state.isLogged && now() - state.since > patience) {
      state.isLogged = true;
      logger.warn({ err: failure, check: name }, 'a readiness check fails');
    }
    return false;
  }

  return async ({ request, response, path }) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    if (path === '/health/live') {
      sendJson(response, 200, { status: 'ok' });
      return true;
    }
    if (path !== '/health/ready') return false;
    const results = await Promise.all(
      checks.map(async (check) => [check.name, (await isPassed(check)) ? 'ok' : 'failed'] as const),
    );
    const ready = results.every(([, result]) => result === 'ok');
    sendJson(response, ready ? 200 : 503, {
      status: ready ? 'ok' : 'unavailable',
      checks: Object.fromEntries(results),
    });
    return true;
  };
}

/** Why a check fails; null where it passes. */
async function failureOf(check: () => Promise<unknown>): Promise<Error | null> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Error>((resolve) => {
    timer = setTimeout(() => {
      resolve(new Error('There was no answer in time'));
    }, checkTimeout);
  });
  const failure = check().then(
    () => null,
    (error: unknown) => (error instanceof Error ? error : new Error(String(error))),
  );
  const result = await Promise.race([failure, timeout]);
  clearTimeout(timer);
  return result;
}
