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
import { enforcePolicy, policyDigest } from '@caregraph/access-policy';
import { answerAfterEntry, openAuditTrail, recordAccess } from '@caregraph/audit-trail';
import { openFieldCipher } from '@caregraph/encryption';
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
  const ownData = {
    service: 'patients',
    databaseUrl: config.PATIENTS_DATABASE_URL,
    settings: config,
    logger,
  } as const;
  const cipher = await openFieldCipher(ownData);
  const trail = openAuditTrail({ ...ownData, policyDigest, metrics });
  const database = connectDatabase(config.PATIENTS_DATABASE_URL, metrics, (error) => {
    logger.warn({ err: error }, 'a database connection failed');
  });
  const client = connectDirectory(config, tls, logger);
  const careTeams = createCareTeamRepository(database);
  const dependencies: Dependencies = { trail, database, cipher, careTeams, client };
  const schema = createSubgraphSchema(new URL('../schema.graphql', import.meta.url), resolvers);
  return startSubgraphServer({
    service: 'patients',
    schema: recordAccess(enforcePolicy(schema), { Patient: 'id' }),
    plugins: [answerAfterEntry(logger)],
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
      await trail.close();
      await cipher.close();
      await database.$disconnect();
    },
  });
}
