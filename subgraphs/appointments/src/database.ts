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
    url: config.APPOINTMENTS_DATABASE_URL,
    applicationName: 'caregraph-appointments',
    onError: (error) => {
      logger.warn({ err: error }, 'a database connection failed');
    },
  });
  const database = new PrismaClient({
    adapter,
    log: [{ emit: 'event', level: 'query' }],
    // Bookings of one doctor wait for each other, and for a connection, as long as the pool itself would wait.
    transactionOptions: { maxWait: 5_000, timeout: 10_000 },
  });
  database.$on('query', ({ query }) => {
    metrics.countStatement(query);
  });
  return database;
}
