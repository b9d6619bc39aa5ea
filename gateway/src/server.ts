import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import {
  anonymous,
  answerGraphql,
  createMetrics,
  formatError,
  graphqlErrorBody,
  healthHandler,
  isUnexpected,
  sendJson,
  StartupError,
  startHttpServer,
  startMetricsServer,
  type Exchange,
  type Handler,
  type HttpServer,
  type Logger,
} from '@caregraph/service-kit';
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
  const metrics = createMetrics('gateway');
  const clients = createSubgraphClients(config, logger);
  // On a clinic's network nothing is reported to anybody; Apollo's gateway reads this when it is made.
  process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
  const gateway = new ApolloGateway({
    supergraphSdl: superviseSupergraphFile(config.supergraph.file, config.supergraph.watch, logger),
    logger,
    buildService: (subgraph) => clients.dataSource(subgraph),
  });
  const apollo = new ApolloServer<GatewayContext>({
    gateway,
    logger,
    introspection: !config.production,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    plugins: [
      operationChoice,
      ApolloServerPluginLandingPageLocalDefault({ embed: true, footer: false, document: exampleDocument }),
    ],
    formatError(formatted, error) {
      if (isUnexpected(formatted)) logger.error({ err: error, path: formatted.path }, 'an operation failed');
      return formatError(formatted);
    },
  });
  try {
    await apollo.start();
  } catch (error) {
    if (error instanceof StartupError || !(error instanceof Error)) throw error;
    const problem = `The supergraph in ${config.supergraph.file} cannot be used: ${error.message}`;
    throw new StartupError(problem, { cause: error });
  }

  const verifier = config.identity === null ? null : createAccessTokenVerifier(config.identity.jwksUrl);
  const graphql: Handler = async (exchange) => {
    if (exchange.path !== '/graphql' && exchange.path !== '/') return false;
    const startedAt = performance.now();
    await answerGraphql(apollo, exchange, () => createContext(exchange, verifier, logger));
    const milliseconds = performance.now() - startedAt;
    const { statusCode: status } = exchange.response;
    metrics.observeRequest(milliseconds / 1_000, status);
    logger.debug({ requestId: exchange.requestId, status, milliseconds }, 'answered');
    return true;
  };
  const readiness = [
    ...clients.readinessChecks(),
    ...(verifier === null ? [] : [{ name: 'keys', check: () => verifier.keys() }]),
  ];
  const metricsServer =
    config.metricsPort === undefined
      ? null
      : await startMetricsServer(metrics, { host: config.host, port: config.metricsPort, logger });
  const server = await startHttpServer({
    host: config.host,
    port: config.port,
    portSetting: 'PORT',
    logger,
    handlers: [
      graphql,
      healthHandler(config.identity === null ? [] : readiness),
      jwksHandler(verifier),
      ({ request, response }) => explorer(request, response),
    ],
    trustRequestId: false,
  });
  logger.info({ port: server.port }, 'listening');
  return {
    port: server.port,
    async stop() {
      await server.stop();
      await apollo.stop();
      await clients.close();
      await metricsServer?.stop();
    },
  };
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
    return { viewer, requestId, clientGone: gone.signal };
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

/** `GET /.well-known/jwks.json`: the keys that verify access tokens, for other services of a clinic. */
function jwksHandler(verifier: AccessTokenVerifier | null): Handler {
  return async ({ request, response, path }) => {
    if (verifier === null || request.method !== 'GET' || path !== '/.well-known/jwks.json') return false;
    sendJson(response, 200, await verifier.keys());
    return true;
  };
}
