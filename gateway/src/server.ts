import { createMetrics, openProcessTls, startGraphqlServer, type HttpServer, type Logger } from '@caregraph/service-kit';
import { fileURLToPath } from 'node:url';
import { createAccessTokenVerifier } from './access-token-verifier.js';
import { startApollo } from './apollo.js';
import type { Config } from './config.js';
import { loadExplorer } from './explorer-assets.js';
import { jwksRoute } from './jwks-route.js';
import { createContext } from './request-context.js';
import { createSubgraphClients } from './subgraph-clients.js';

// The bundle lies in the build's output, also for tests, which run the sources.
const explorerBundle = fileURLToPath(new URL('../dist/explorer', import.meta.url));

/** Starts the gateway; `stop` drains it. Throws when the supergraph cannot be used. */
export async function startGateway(config: Config, logger: Logger): Promise<HttpServer> {
  const explorer = loadExplorer(explorerBundle);
  const tls = openProcessTls(config.tls, logger);
  const clients = createSubgraphClients(config, tls, logger);
  const apollo = await startApollo(config, clients, logger);
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
    tls,
    logger,
    metrics: createMetrics('gateway'),
    apollo,
    // Sandbox, which opens at `/`, sends its operations there.
    paths: ['/graphql', '/'],
    authenticate: (exchange) => createContext(exchange, verifier, logger),
    readiness: config.identity === null ? [] : readiness,
    handlers: [jwksRoute(verifier), ({ request, response }) => explorer(request, response)],
    trustRequestId: false,
    close: () => clients.close(),
  });
}
