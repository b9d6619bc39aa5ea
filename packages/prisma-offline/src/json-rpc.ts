import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** One line from Prisma's command line: a request of its own, or its answer to one of ours. */
interface Message {
  readonly id: number;
  readonly method?: string;
  readonly params?: unknown;
}

/** What a request failed with, in the form that the command line shows. */
export interface RequestFailure {
  readonly message: string;
  /** Prisma's code, such as `P3005`; null where there is none. */
  readonly errorCode: string | null;
  readonly meta: unknown;
}

/**
 * Answers newline-delimited JSON-RPC until the input ends, each request through `answer`, whose rejections
 * `explain` puts into words. Requests are answered one after the other, in their order.
 */
export async function serveJsonRpc(
  streams: { readonly input: Readable; readonly output: Writable },
  answer: (method: string, params: unknown, print: (content: string) => Promise<void>) => Promise<unknown>,
  explain: (error: unknown) => RequestFailure,
): Promise<void> {
  const send = (message: object): void => {
    streams.output.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  };
  const printed = new Map<number, () => void>();
  // Prisma's own requests are numbered from one; ours must not meet them.
  let nextPrintId = 1_000_000;
  const print = (content: string): Promise<void> =>
    new Promise((resolve) => {
      const id = nextPrintId++;
      printed.set(id, resolve);
      send({ id, method: 'print', params: { content } });
    });

  let previous = Promise.resolve();
  for await (const line of createInterface({ input: streams.input })) {
    const { id, method, params } = JSON.parse(line) as Message;
    if (method === undefined) {
      printed.get(id)?.();
      printed.delete(id);
      continue;
    }
    previous = previous
      .then(async () => {
        send({ id, result: (await answer(method, params, print)) ?? {} });
      })
      .catch((error: unknown) => {
        const { message, errorCode, meta } = explain(error);
        const data = { is_panic: false, message, error_code: errorCode, meta };
        send({ id, error: { code: 4466, message, data } });
      });
  }
  await previous;
}
