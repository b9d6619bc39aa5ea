import { createDatabaseAdapter, type Logger, type Metrics } from '@caregraph/service-kit';
import type { Config } from './config.js';
import { PrismaClient } from './generated/prisma/client.js';

/** The service's database. */
export type Database = ReturnType<typeof connectDatabase>;
/** The database, or a transaction in it. */
export type Transaction = Omit<Database, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>;

/** Opens the pool; connections are made when they are needed. Every statement is counted. */
export function connectDatabase(config: Config, logger: Logger, metrics: Metrics) {
  const adapter = createDatabaseAdapter({
    url: config.USERS_DATABASE_URL,
    applicationName: 'caregraph-users',
    onError: (error) => {
      logger.warn({ err: error }, 'a database connection failed');
    },
  });
  const database = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  database.$on('query', ({ query }) => {
    metrics.countStatement(query);
  });
  return database;
}
