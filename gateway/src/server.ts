import {
  createMetrics,
  openProcessTls,
  startGraphqlServer,
  type HttpServer,
  type Logger,
} from '@caregraph/service-kit';
import { fileURLToPath } from 'node:url';
import { startAccessTokenVerifier } from './identity/start-access-token-verifier.js';
import { createAdmission } from './limits/admission.js';
import { startApollo } from './apollo.js';
import type { Config } from './config.js';
import { crossOrigin } from './exposure/cross-origin.js';
import { vouchForOwnGets } from './exposure/forgery.js';
import { createDocumentSource } from './limits/document-source.js';
import { loadExplorer } from './pages/explorer-assets.js';
import { jwksRoute } from './identity/jwks-route.js';
import { addressLimit, createRequestLimits } from './limits/rate-limits.js';
import { createContext } from './request-context.js';
import { securityHeaders } from './exposure/security-headers.js';
import { createSubgraphClients } from './subgraphs/subgraph-clients.js';
import { loadTrustedDocuments } from './limits/trusted-documents.js';
import { clientOf, warnOfUntrustedProxies } from './exposure/trusted-proxies.js';

// The bundle lies in the build's output, also for tests, which run the sources.
const explorerBundle = fileURLToPath(new URL('../dist/explorer', import.meta.url));

/** Where GraphQL is answered: Sandbox, which opens at `/`, sends its operations there. */
const paths = ['/graphql', '/'];

/** Starts the gateway; `stop` drains it. Throws when the supergraph cannot be used. */
export async function startGateway(config: Config, logger: Logger): Promise<HttpServer> {
  const explorer = loadExplorer(explorerBundle);
  const tls = openProcessTls(config.tls, logger);
  const clients = createSubgraphClients(config, tls, logger);
  const { file, only } = config.trustedDocuments;
  const documents = createDocumentSource(file === null ? new Map() : loadTrustedDocuments(file), only);
  const limits = createRequestLimits(config.rateLimits, tls, logger);
  const { apollo, schema } = await startApollo(config, clients, limits, logger);
  const verifier = config.identity && startAccessTokenVerifier(config.identity, tls, logger);
  const readiness = [
    ...clients.readinessChecks(),
    ...(verifier === null ? [] : [{ name: 'keys', check: () => verifier.keys() }]),
  ];
  return startGraphqlServer({
    host: config.host,
    port: config.port,
    portSetting: 'PORT',
    metricsPort: config.metricsPort,
    tls,
    logger,
    metrics: createMetrics('gateway'),
    apollo,
    paths,
    authenticate: (exchange) => createContext(exchange, { verifier, limits, config, logger }),
    admit: createAdmission({
      documents,
      limits: config.limits,
      schema,
      hasPolicy: config.identity !== null,
    }),
    maximumBodySize: config.maximumBodySize,
    connectionLimits: config.connectionLimits,
    readiness: config.identity === null ? [] : readiness,
    firstHandlers: [
      warnOfUntrustedProxies(config.trustProxy, logger),
      securityHeaders(config.trustProxy),
      crossOrigin(config.corsOrigins),
      vouchForOwnGets,
      addressLimit(limits, paths, (request) => clientOf(request, config.trustProxy)),
    ],
    handlers: [jwksRoute(verifier, logger), ({ request, response }) => explorer(request, response)],
    trustRequestId: false,
    async close() {
      limits.close();
      await verifier?.close();
      await clients.close();
    },
  });
}
