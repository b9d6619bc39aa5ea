import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';

/** What is asked over HTTP. */
export interface HttpQuestion {
  readonly method: 'GET' | 'POST';
  /** Path and query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** What was answered, whole. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** No whole answer came in time. */
export class AnswerTimeoutError extends Error {
  override readonly name = 'AnswerTimeoutError';
}

/**
 * Asks, and reads the whole answer as text: the gateway does this several times for each of its own requests, and
 * neither a stream nor a signal of its own is made for it. Gives up after `timeout` milliseconds from now, with an
 * `AnswerTimeoutError`, and when `signal` aborts, with its reason; the connection is closed then.
 */
export function exchange(
  dispatcher: Dispatcher,
  { method, path, headers = {}, body }: HttpQuestion,
  timeout: number,
  signal?: AbortSignal,
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason as Error);
      return;
    }
    let controller: Dispatcher.DispatchController | undefined;
    let failure: Error | undefined;
    const start = { statusCode: 0, headers: {} as IncomingHttpHeaders };
    const chunks: Buffer[] = [];
    const fail = (error: Error): void => {
      if (failure !== undefined) return;
      failure = error;
      leave();
      reject(error);
      controller?.abort(error);
    };
    const abandon = (): void => {
      fail(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      fail(new AnswerTimeoutError(`There was no whole answer within ${timeout} ms.`));
    }, timeout);
    const leave = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', abandon);
    };
    signal?.addEventListener('abort', abandon);
    dispatcher.dispatch(
      { method, path, headers, body: body ?? null },
      {
        onRequestStart(started) {
          controller = started;
          // It waited for a connection, and nobody waits for it any more.
          if (failure !== undefined) started.abort(failure);
        },
        onResponseStart(_, statusCode, answerHeaders) {
          start.statusCode = statusCode;
          start.headers = answerHeaders;
        },
        onResponseData(_, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          leave();
          const [first] = chunks;
          const whole = first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
          resolve({ ...start, text: whole.toString('utf8') });
        },
        onResponseError(_, error) {
          fail(error);
        },
      },
    );
  });
}
