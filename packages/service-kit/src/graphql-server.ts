import type { ApolloServer, ApolloServerOptions, ApolloServerPlugin } from '@apollo/server';
import type { ConnectionLimits } from './connection-limits.js';
import { formatError, isUnexpected } from './errors.js';
import { answerGraphql, type Admit, type Authenticate } from './graphql-handler.js';
import { healthHandler, type ReadinessCheck } from './health.js';
import { startHttpServer, type Handler, type HttpServer } from './http-server.js';
import type { Logger } from './logger.js';
import { startMetricsServer, type Metrics } from './metrics.js';
import { defaultBodySize } from './request-body.js';
import type { ProcessTls } from './process-tls.js';
import type { CallContext } from './signed-context.js';

export interface GraphqlServerOptions<Context extends CallContext> {
  readonly host: string;
  readonly port: number;
  /** The setting that moves the port, for the message when it is taken. */
  readonly portSetting: string;
  readonly metricsPort: number | undefined;
  /** The certificate to serve with, also the metrics. */
  readonly tls: ProcessTls;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Answers what is sent to `paths`; must have been started. */
  readonly apollo: ApolloServer<Context>;
  readonly paths: readonly string[];
  readonly authenticate: Authenticate<Context>;
  /** Sees each GraphQL request before `apollo`. */
  readonly admit?: Admit<Context>;
  /** The largest body of a GraphQL request, in bytes; 1 MiB unless given. */
  readonly maximumBodySize?: number;
  readonly connectionLimits?: Partial<ConnectionLimits>;
  readonly readiness: readonly ReadinessCheck[];
  /** What sees every request before the GraphQL endpoint and the health routes do. */
  readonly firstHandlers?: readonly Handler[];
  /** Routes besides. */
  readonly handlers: readonly Handler[];
  /** Whether callers may choose the request id. */
  readonly trustRequestId: boolean;
  /** Frees what the process holds, after the last request. */
  readonly close: () => Promise<void>;
}

/** Serves GraphQL, health and metrics of one process. */
export async function startGraphqlServer<Context extends CallContext>(
  options: GraphqlServerOptions<Context>,
): Promise<HttpServer> {
  const { host, logger, metrics, apollo, tls } = options;
  const graphql: Handler = async (exchange) => {
    if (!options.paths.includes(exchange.path)) return false;
    const startedAt = performance.now();
    await answerGraphql({ maximumBodySize: defaultBodySize, ...options }, exchange);
    const milliseconds = performance.now() - startedAt;
    const status = exchange.response.statusCode;
    metrics.observeRequest(milliseconds / 1_000, status);
    logger.debug({ requestId: exchange.requestId, status, milliseconds }, 'answered');
    return true;
  };
  const metricsServer =
    options.metricsPort === undefined
      ? null
      : await startMetricsServer(metrics, { host, port: options.metricsPort, tls, logger });
  const server = await startHttpServer({
    host,
    port: options.port,
    portSetting: options.portSetting,
    logger,
    handlers: [
      ...(options.firstHandlers ?? []),
      graphql,
      healthHandler(options.readiness, logger),
      ...options.handlers,
    ],
    trustRequestId: options.trustRequestId,
    connectionLimits: options.connectionLimits,
    tls,
  });
  logger.info({ port: server.port }, 'listening');
  return {
    port: server.port,
    async stop() {
      await server.stop();
      await apollo.stop();
      tls.stop();
      await options.close();
      await metricsServer?.stop();
    },
  };
}

/** What all Apollo Servers of the platform have in common: clients learn nothing of errors that were not for them. */
export function commonApolloOptions(logger: Logger) {
  return {
    logger,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    allowBatchedHttpRequests: false,
    formatError,
  } satisfies Partial<ApolloServerOptions<CallContext>>;
}

/** Logs each error that was not meant for clients, with the id of the request that met it. */
export function errorLog<Context extends CallContext>(logger: Logger): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        didEncounterErrors({ errors, contextValue, operationName }) {
          for (const error of errors) {
            if (!isUnexpected(error.toJSON())) continue;
            const { requestId } = contextValue;
            logger.error({ err: error, requestId, operationName, path: error.path }, 'an operation failed');
          }
          return Promise.resolve();
        },
      }),
  };
}
