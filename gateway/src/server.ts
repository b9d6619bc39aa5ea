import {
  createMetrics,
  openProcessTls,
  startGraphqlServer,
  type HttpServer,
  type Logger,
} from '@caregraph/service-kit';
import { fileURLToPath } from 'node:url';
import { startAccessTokenVerifier } from './access-token-state.js';
import { createAdmission } from './admission.js';
import { startApollo } from './apollo.js';
import type { Config } from './config.js';
import { crossOrigin } from './cross-origin.js';
import { createDocumentSource } from './document-source.js';
import { loadExplorer } from './explorer-assets.js';
import { jwksRoute } from './jwks-route.js';
import { createContext } from './request-context.js';
import { securityHeaders } from './security-headers.js';
import { createSubgraphClients } from './subgraph-clients.js';
import { loadTrustedDocuments } from './trusted-documents.js';

// The bundle lies in the build's output, also for tests, which run the sources.
const explorerBundle = fileURLToPath(new URL('../dist/explorer', import.meta.url));

/** Starts the gateway; `stop` drains it. Throws when the supergraph cannot be used. */
export async function startGateway(config: Config, logger: Logger): Promise<HttpServer> {
  const explorer = loadExplorer(explorerBundle);
  const tls = openProcessTls(config.tls, logger);
  const clients = createSubgraphClients(config, tls, logger);
  const { file, only } = config.trustedDocuments;
  const documents = createDocumentSource(file === null ? new Map() : loadTrustedDocuments(file), only);
  const { apollo, schema } = await startApollo(config, clients, logger);
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
    // Sandbox, which opens at `/`, sends its operations there.
    paths: ['/graphql', '/'],
    authenticate: (exchange) => createContext(exchange, verifier, config, logger),
    admit: createAdmission({ documents, limits: config.limits, schema }),
    maximumBodySize: config.maximumBodySize,
    connectionLimits: config.connectionLimits,
    readiness: config.identity === null ? [] : readiness,
    firstHandlers: [securityHeaders(config.trustProxy), crossOrigin(config.corsOrigins)],
    handlers: [jwksRoute(verifier), ({ request, response }) => explorer(request, response)],
    trustRequestId: false,
    async close() {
      await verifier?.close();
      await clients.close();
    },
  });
}
