import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import {
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
} from '@apollo/server/plugin/disabled';
import type { GraphQLSchema } from 'graphql';
import { commonApolloOptions, errorLog, startGraphqlServer } from './graphql-server.js';
import type { ReadinessCheck } from './health.js';
import { sendJson, type Handler, type HttpServer } from './http-server.js';
import type { Logger } from './logger.js';
import type { Metrics } from './metrics.js';
import { responseStatus } from './response-status.js';
import type { ProcessTls } from './process-tls.js';
import { serviceRoutesHandler, unauthenticated, type ServiceRoute } from './service-routes.js';
import { contextHeader, createContextVerifier, type CallContext } from './signed-context.js';
import type { ServiceName } from './viewer.js';

export interface SubgraphServerOptions<Context extends CallContext> {
  readonly service: ServiceName;
  readonly schema: GraphQLSchema;
  readonly host: string;
  readonly port: number;
  readonly metricsPort: number | undefined;
  /** The certificate to serve with. */
  readonly tls: ProcessTls;
  /** What callers may have signed their contexts with. */
  readonly contextSecrets: readonly string[];
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly readiness: readonly ReadinessCheck[];
  /** Routes of the service's own, beside `/graphql` and `/health`. */
  readonly handlers?: readonly Handler[];
  /** What the service tells other processes of the platform, beside its graph. */
  readonly serviceRoutes?: readonly ServiceRoute[];
  /** See each request after the platform's own. */
  readonly plugins?: readonly ApolloServerPlugin<Context>[];
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
  const { service, logger } = options;
  const apollo = new ApolloServer<Context>({
    ...commonApolloOptions(logger),
    schema: options.schema,
    introspection: true,
    // A page cannot have a context, let alone send one without its browser asking first.
    csrfPrevention: { requestHeaders: [contextHeader] },
    // The gateway sends whole documents; Apollo Server's own protocol answers what is wrong in it as faults of ours.
    persistedQueries: false,
    plugins: [
      responseStatus,
      errorLog(logger),
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ...(options.plugins ?? []),
    ],
  });
  await apollo.start();
  const contexts = createContextVerifier(options.contextSecrets, service);
  return startGraphqlServer({
    host: options.host,
    port: options.port,
    portSetting: `${service.toUpperCase()}_PORT`,
    metricsPort: options.metricsPort,
    tls: options.tls,
    logger,
    metrics: options.metrics,
    apollo,
    paths: ['/graphql'],
    authenticate({ request, response }, body) {
      const header = request.headers[contextHeader];
      const call = contexts.verify(typeof header === 'string' ? header : undefined, {
        target: `${request.method ?? ''} ${request.url ?? ''}`,
        body,
      });
      if (call !== null) return options.createContext(call);
      sendJson(response, 401, unauthenticated);
      return null;
    },
    readiness: options.readiness,
    handlers: [serviceRoutesHandler(options.serviceRoutes ?? [], contexts), ...(options.handlers ?? [])],
    trustRequestId: true,
    close: options.close,
  });
}
