import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import {
  anonymous,
  commonApolloOptions,
  createMetrics,
  errorLog,
  graphqlErrorBody,
  sendJson,
  StartupError,
  startGraphqlServer,
  type Client,
  type Exchange,
  type Handler,
  type HttpServer,
  type Logger,
} from '@caregraph/service-kit';
import type { IncomingMessage } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createAccessTokenVerifier, type AccessTokenVerifier } from './access-token-verifier.js';
import type { Config } from './config.js';
import type { GatewayContext } from './context.js';
import { exampleDocument } from './example-document.js';
import { loadExplorer } from './explorer-assets.js';
import { operationChoice } from './operation-choice.js';
import { createSubgraphClients } from './subgraph-clients.js';
import { superviseSupergraphFile } from './supergraph-file.js';

// The bundle lies in the build's output, also for tests, which run the sources.
const explorerBundle = fileURLToPath(new URL('../dist/explorer', import.meta.url));

/** Starts the gateway; `stop` drains it. Throws when the supergraph cannot be used. */
export async function startGateway(config: Config, logger: Logger): Promise<HttpServer> {
  const explorer = loadExplorer(explorerBundle);
  const clients = createSubgraphClients(config, logger);
  const gateway = new ApolloGateway({
    supergraphSdl: superviseSupergraphFile(config.supergraph.file, config.supergraph.watch, logger),
    logger,
    buildService: (subgraph) => clients.dataSource(subgraph),
  });
  const apollo = new ApolloServer<GatewayContext>({
    ...commonApolloOptions(logger),
    gateway,
    introspection: !config.production,
    plugins: [
      operationChoice,
      errorLog(logger),
      ApolloServerPluginLandingPageLocalDefault({ embed: true, footer: false, document: exampleDocument }),
    ],
  });
  try {
    await apollo.start();
  } catch (error) {
    if (error instanceof StartupError || !(error instanceof Error)) throw error;
    const problem = `The supergraph in ${config.supergraph.file} cannot be used: ${error.message}`;
    throw new StartupError(problem, { cause: error });
  }

  const verifier = config.identity === null ? null : createAccessTokenVerifier(config.identity.jwksUrl);
  const readiness = [
    ...clients.readinessChecks(),
    ...(verifier === null ? [] : [{ name: 'keys', check: () => verifier.keys() }]),
  ];
  return startGraphqlServer({
    host: config.host,
    port: config.port,
    portSetting: 'PORT',
    metricsPort: config.metricsPort,
    logger,
    metrics: createMetrics('gateway'),
    apollo,
    // Sandbox, which opens at `/`, sends its operations there.
    paths: ['/graphql', '/'],
    authenticate: (exchange) => createContext(exchange, verifier, logger),
    readiness: config.identity === null ? [] : readiness,
    handlers: [jwksHandler(verifier), ({ request, response }) => explorer(request, response)],
    trustRequestId: false,
    close: () => clients.close(),
  });
}

/** The context of one request; null when nobody can tell who sends it, which has been answered then. */
async function createContext(
  { request, response, requestId }: Exchange,
  verifier: AccessTokenVerifier | null,
  logger: Logger,
): Promise<GatewayContext | null> {
  const gone = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  try {
    const viewer = verifier === null ? anonymous : await verifier.identify(request.headers.authorization);
    return { viewer, client: clientOf(request), requestId, clientGone: gone.signal };
  } catch (error) {
    logger.error({ err: error, requestId }, 'the keys that verify access tokens cannot be had');
    sendJson(
      response,
      503,
      graphqlErrorBody('DOWNSTREAM_SERVICE_ERROR', 'The users service is unavailable.'),
    );
    return null;
  }
}

function clientOf({ socket, headers }: IncomingMessage): Client {
  return { address: socket.remoteAddress ?? null, userAgent: headers['user-agent'] ?? null };
}

/** `GET /.well-known/jwks.json`: the keys that verify access tokens, for other services of a clinic. */
function jwksHandler(verifier: AccessTokenVerifier | null): Handler {
  return async ({ request, response, path }) => {
    if (verifier === null || request.method !== 'GET' || path !== '/.well-known/jwks.json') return false;
    sendJson(response, 200, await verifier.keys());
    return true;
  };
}
