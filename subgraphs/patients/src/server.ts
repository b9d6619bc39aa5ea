import {
  contextSecrets,
  createMetrics,
  createSubgraphSchema,
  openProcessTls,
  restrictedPatientsDocument,
  serveDocument,
  startSubgraphServer,
} from '@caregraph/service-kit';
import type { HttpServer, Logger } from '@caregraph/service-kit';
import { enforcePolicy } from '@caregraph/access-policy';
import { createCareTeamRepository } from './care-team-repository.js';
import type { Config } from './config.js';
import { createContext, type Dependencies } from './context.js';
import { connectDatabase } from './database.js';
import { connectDirectory } from './directory.js';
import { resolvers } from './resolvers.js';

/** Starts the patients service; `stop` drains it. */
export async function startServer(config: Config, logger: Logger): Promise<HttpServer> {
  const tls = openProcessTls(config, logger);
  const metrics = createMetrics('patients');
  const database = connectDatabase(config.PATIENTS_DATABASE_URL, metrics, (error) => {
    logger.warn({ err: error }, 'a database connection failed');
  });
  const client = connectDirectory(config, tls, logger);
  const careTeams = createCareTeamRepository(database);
  const dependencies: Dependencies = { database, careTeams, client };
  return startSubgraphServer({
    service: 'patients',
    schema: enforcePolicy(createSubgraphSchema(new URL('../schema.graphql', import.meta.url), resolvers)),
    host: config.HOST,
    port: config.PATIENTS_PORT,
    metricsPort: config.METRICS_PORT,
    tls,
    contextSecrets: contextSecrets(config),
    logger,
    metrics,
    readiness: [{ name: 'database', check: () => database.$queryRaw`SELECT 1` }],
    serviceRoutes: [
      serveDocument(restrictedPatientsDocument, async () => ({
        restricted: await careTeams.findRestricted(),
      })),
    ],
    createContext: (call) => createContext(call, dependencies),
    async close() {
      await client.users.close();
      await database.$disconnect();
    },
  });
}
