import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  contextHeader,
  createContextVerifier,
  restrictedPatientsDocument,
  serveDocument,
  serviceRoutesHandler,
  type ServiceName,
  type Viewer,
} from '@caregraph/service-kit';
import { z } from 'zod';
import { contextSecret } from './subgraph-client.js';

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
  /** Which patients are restricted from now on, and to which users. */
  readonly restricted: Map<string, readonly number[]>;
  /** On whose behalf it was asked for entities, in order. */
  readonly viewers: Viewer[];
  /** What it does instead of answering. */
  failure: 'none' | 'error' | 'silence';
  /** Resolves when somebody who follows the restrictions has them as they are now. */
  restrictionsKnown(): Promise<void>;
  /** Resolves when somebody has asked for the restrictions again, whatever came of it. */
  restrictionsAsked(): Promise<void>;
}

/** Starts a stand-in on a free port; calls without a context that is signed for `service` get 401, as everywhere. */
export async function startDirectoryStandIn(service: ServiceName): Promise<DirectoryStandIn> {
  const contexts = createContextVerifier([contextSecret], service);
  const events = new EventEmitter();
  const entities: DirectoryStandIn['entities'] = new Map();
  const restricted: DirectoryStandIn['restricted'] = new Map();
  const documents = serviceRoutesHandler(
    [
      serveDocument(restrictedPatientsDocument, () =>
        Promise.resolve({
          restricted: [...restricted].map(([id, careTeam]) => ({ patientId: Number(id), careTeam })),
        }),
      ),
    ],
    contexts,
  );

  function describe(typename: string, id: string): object | null {
    const entity = entities.get(id);
    if (entity === null) return null;
    const team = restricted.get(id);
    return {
      __typename: typename,
      ...everybody,
      isRestricted: team !== undefined,
      careTeam: (team ?? []).map((userId) => ({ id: String(userId) })),
      ...entity,
    };
  }

  /** The answer to a request for entities; null for a caller who has no context. */
  function answer(incoming: IncomingMessage, body: Buffer): object | null {
    const header = incoming.headers[contextHeader];
    const call = contexts.verify(typeof header === 'string' ? header : undefined, {
      target: `${incoming.method ?? ''} ${incoming.url ?? ''}`,
      body,
    });
    if (call === null) return null;
    standIn.viewers.push(call.viewer);
    const { variables } = request.parse(JSON.parse(body.toString('utf8')));
    const found = variables.representations.map(({ __typename, id }) => describe(__typename, id));
    return standIn.failure === 'error'
      ? { data: { _entities: found.map(() => null) }, errors: [{ message: 'Something went wrong.' }] }
      : { data: { _entities: found } };
  }

  const server = createServer((incoming, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
      if (standIn.failure === 'silence') return;
      if (incoming.method === 'GET') {
        response.once('close', () => events.emit('asked'));
        if (standIn.failure === 'error') response.writeHead(500).end();
        else await documents({ request: incoming, response, path: incoming.url ?? '', requestId: 'test' });
        // Whoever asks whether it has changed, and is told that it has not, has it.
        if (response.statusCode === 304) events.emit('known');
        return;
      }
      const content = answer(incoming, Buffer.concat(chunks));
      response.writeHead(content === null ? 401 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(content ?? {}));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const standIn: DirectoryStandIn = {
    url: `http://127.0.0.1:${port}/graphql`,
    entities,
    restricted,
    viewers: [],
    failure: 'none',
    async restrictionsKnown() {
      await once(events, 'known');
    },
    async restrictionsAsked() {
      await once(events, 'asked');
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return standIn;
}
