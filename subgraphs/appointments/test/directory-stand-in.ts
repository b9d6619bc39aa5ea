import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { contextHeader, createContextVerifier, type ServiceName, type Viewer } from '@caregraph/service-kit';
import { z } from 'zod';
import { contextSecret } from '../../../test/subgraph-client.js';

const request = z.object({
  variables: z.object({ representations: z.array(z.object({ __typename: z.string(), id: z.string() })) }),
});

/** What the stand-in answers about everybody it was not told otherwise. */
const everybody = { isActive: true, role: 'DOCTOR' };

/** A service in whose place tests answer `_entities`: everybody is there, active and a doctor, until told otherwise. */
export interface DirectoryStandIn extends AsyncDisposable {
  readonly url: string;
  /** What it answers about somebody from now on; null: that there is nobody. */
  readonly entities: Map<string, { isActive?: boolean; role?: string } | null>;
  /** On whose behalf it was asked, in order. */
  readonly viewers: Viewer[];
  /** What it does instead of answering. */
  failure: 'none' | 'error' | 'silence';
}

/** Starts a stand-in on a free port; calls without a context that is signed for `service` get 401, as everywhere. */
export async function startDirectoryStandIn(service: ServiceName): Promise<DirectoryStandIn> {
  const contexts = createContextVerifier([contextSecret], service);
  const server = createServer((incoming, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      const body = Buffer.concat(chunks);
      const header = incoming.headers[contextHeader];
      const call = contexts.verify(typeof header === 'string' ? header : undefined, {
        target: `${incoming.method ?? ''} ${incoming.url ?? ''}`,
        body,
      });
      if (call === null) {
        response.writeHead(401).end('{}');
        return;
      }
      standIn.viewers.push(call.viewer);
      if (standIn.failure === 'silence') return;
      const { variables } = request.parse(JSON.parse(body.toString('utf8')));
      const found = variables.representations.map(({ __typename, id }) => {
        const entity = standIn.entities.get(id);
        return entity === null ? null : { __typename, ...everybody, ...entity };
      });
      const answer =
        standIn.failure === 'error'
          ? { data: { _entities: found.map(() => null) }, errors: [{ message: 'Something went wrong.' }] }
          : { data: { _entities: found } };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const standIn: DirectoryStandIn = {
    url: `http://127.0.0.1:${port}/graphql`,
    entities: new Map(),
    viewers: [],
    failure: 'none',
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return standIn;
}
