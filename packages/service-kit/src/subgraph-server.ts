import { ApolloServer } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { formatError, isUnexpected } from './errors.js';
import { answerGraphql } from './graphql-handler.js';
import { healthHandler, type ReadinessCheck } from './health.js';
import { graphqlErrorBody, sendJson, startHttpServer, type Handler, type HttpServer } from './http-server.js';
import type { Logger } from './logger.js';
import { startMetricsServer, type Metrics } from './metrics.js';
import { contextHeader, verifyContext, type CallContext } from './signed-context.js';
import type { ServiceName } from './viewer.js';

export interface SubgraphServerOptions<Context extends CallContext> {
  readonly service: ServiceName;
  readonly schema: GraphQLSchema;
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number | undefined;
  readonly contextSecret: string;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly readiness: readonly ReadinessCheck[];
  /** Routes of the service's own, beside `/graphql` and `/health`. */
  readonly handlers?: readonly Handler[];
  /** Makes the context of one request: loaders and all else that must not outlive it. */
  readonly createContext: (call: CallContext) => Context;
  /** Frees what the service holds, after the last request. */
  readonly close: () => Promise<void>;
}

/**
 * Serves a subgraph: `POST /graphql` for callers that present a signed context, and the health routes. Whoever has
 * none gets 401 `UNAUTHENTICATED` before anything is parsed.
 */
export async function startSubgraphServer<Context extends CallContext>(
  options: SubgraphServerOptions<Context>,
): Promise<HttpServer> {
  const { service, logger, metrics } = options;
  const apollo = new ApolloServer<Context>({
    schema: options.schema,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    cache: 'bounded',
    plugins: [ApolloServerPluginLandingPageDisabled(), ApolloServerPluginInlineTraceDisabled()],
    logger,
    formatError(formatted, error) {
      if (isUnexpected(formatted)) logger.error({ err: error, path: formatted.path }, 'a resolver failed');
      return formatError(formatted);
    },
  });
  await apollo.start();

  const graphql: Handler = async (exchange) => {
    if (exchange.path !== '/graphql') return false;
    const startedAt = performance.now();
    await answerGraphql(apollo, exchange, ({ request, response }, body) => {
      const header = request.headers[contextHeader];
      const call = verifyContext(options.contextSecret, typeof header === 'string' ? header : undefined, {
        audience: service,
        body,
      });
      if (call !== null) return options.createContext(call);
      sendJson(response, 401, graphqlErrorBody('UNAUTHENTICATED', 'This service answers the gateway only.'));
      return null;
    });
    const milliseconds = performance.now() - startedAt;
    const status = exchange.response.statusCode;
    metrics.observeRequest(milliseconds / 1_000, status);
    logger.debug({ requestId: exchange.requestId, status, milliseconds }, 'answered');
    return true;
  };

  const metricsServer =
    options.metricsPort === undefined
      ? null
      : await startMetricsServer(metrics, { host: options.host, port: options.metricsPort, logger });
  const server = await startHttpServer({
    host: options.host,
    port: options.port,
    portSetting: `${service.toUpperCase()}_PORT`,
    logger,
    handlers: [graphql, healthHandler(options.readiness), ...(options.handlers ?? [])],
    trustRequestId: true,
  });
  logger.info({ port: server.port }, 'listening');
  return {
    port: server.port,
    async stop() {
      await server.stop();
      await apollo.stop();
      await options.close();
      await metricsServer?.stop();
    },
  };
}
