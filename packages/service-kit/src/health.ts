import { sendJson, type Handler } from './http-server.js';

/** Something that must work for a process to be of use; throws when it does not. */
export interface ReadinessCheck {
  readonly name: string;
  readonly check: () => Promise<unknown>;
}

/** How long a check may take before it counts as failed, in milliseconds. */
const checkTimeout = 2_000;

/**
 * `GET /health/live`: the process runs. `GET /health/ready`: every check passes, else 503; the answer names each
 * check with `ok` or `failed`, and nothing about why.
 */
export function healthHandler(checks: readonly ReadinessCheck[]): Handler {
  return async ({ request, response, path }) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false;
    if (path === '/health/live') {
      sendJson(response, 200, { status: 'ok' });
      return true;
    }
    if (path !== '/health/ready') return false;
    const results = await Promise.all(
      checks.map(async ({ name, check }) => [name, (await passes(check)) ? 'ok' : 'failed'] as const),
    );
    const ready = results.every(([, result]) => result === 'ok');
    sendJson(response, ready ? 200 : 503, {
      status: ready ? 'ok' : 'unavailable',
      checks: Object.fromEntries(results),
    });
    return true;
  };
}

async function passes(check: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, checkTimeout, false);
  });
  const passed = check().then(
    () => true,
    () => false,
  );
  const result = await Promise.race([passed, timeout]);
  clearTimeout(timer);
  return result;
}
