import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { composeSupergraph } from '../../../src/supergraph/compose.js';

/** What a stub was asked. */
export interface StubRequest {
  readonly headers: IncomingHttpHeaders;
  readonly query: string;
}

/** Subgraphs that answer as a test likes, and the folder with the supergraph that names them. */
export interface StubSubgraphs extends AsyncDisposable {
  readonly folder: string;
  /** The supergraph's file: the same content as `supergraphSdl` at first. */
  readonly file: string;
  readonly supergraphSdl: string;
  readonly requests: readonly StubRequest[];
  /** What `reviews` answers to every request from now on: a JSON document, or any text. */
  answerReviews(answer: object | string, status?: number): void;
  /** Lets `reviews` keep its next request waiting for ever; resolves when whoever sent that one has given it up. */
  holdReviews(): Promise<void>;
}

const products = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key"])
  type Query { product: Product }
  type Product @key(fields: "id") { id: ID! name: String }
`;
const reviews = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key"])
  type Query { latest: String }
  type Product @key(fields: "id") { id: ID! stars: Int }
`;

/** Starts two subgraphs that have nothing to do with the platform: `products` and `reviews`. */
export async function startStubSubgraphs(): Promise<StubSubgraphs> {
  const requests: StubRequest[] = [];
  let reviewsAnswer = JSON.stringify({ data: { _entities: [{ stars: 5 }] } });
  let reviewsStatus = 200;
  let givenUp: (() => void) | null = null;
  const start = async (answer: () => { status: number; body: string } | 'hold') => {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { query } = JSON.parse(Buffer.concat(chunks).toString()) as { query: string };
        requests.push({ headers: request.headers, query });
        const answered = answer();
        if (answered === 'hold') {
          const tell = givenUp;
          givenUp = null;
          response.once('close', () => tell?.());
          return;
        }
        response.writeHead(answered.status, { 'content-type': 'application/json' }).end(answered.body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql` };
  };
  const product = JSON.stringify({ data: { product: { __typename: 'Product', id: '1', name: 'Chair' } } });
  const first = await start(() => ({ status: 200, body: product }));
  const second = await start(() =>
    givenUp === null ? { status: reviewsStatus, body: reviewsAnswer } : 'hold',
  );
  const { supergraphSdl } = composeSupergraph([
    { name: 'products', url: first.url, sdl: products },
    { name: 'reviews', url: second.url, sdl: reviews },
  ]);
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-supergraph-'));
  const file = join(folder, 'supergraph.graphql');
  await writeFile(file, supergraphSdl);
  return {
    folder,
    file,
    supergraphSdl,
    requests,
    answerReviews(answer, status = 200) {
      reviewsAnswer = typeof answer === 'string' ? answer : JSON.stringify(answer);
      reviewsStatus = status;
    },
    holdReviews: () =>
      new Promise((resolve) => {
        givenUp = resolve;
      }),
    async [Symbol.asyncDispose]() {
      for (const { server } of [first, second]) {
        server.closeAllConnections();
        server.close();
      }
      await rm(folder, { recursive: true });
    },
  };
}
