import type { AuditRecorder } from '@caregraph/audit-trail';
import { createDatabaseAdapter, type Metrics } from '@caregraph/service-kit';
import { Prisma, PrismaClient } from './generated/prisma/client.js';

/** The service's database. */
export type Database = ReturnType<typeof connectDatabase>;
/** The database, or a transaction in it. */
export type Transaction = Omit<Database, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>;

/** Opens the pool; connections are made when they are needed. Every statement is counted. */
export function connectDatabase(url: string, metrics: Metrics, onError: (error: Error) => void) {
  const adapter = createDatabaseAdapter({ url, applicationName: 'caregraph-patients', onError });
  const database = new PrismaClient({
    adapter,
    log: [{ emit: 'event', level: 'query' }],
    // Changes of one record wait for each other, and for a connection, as long as the pool itself would wait.
    transactionOptions: { maxWait: 5_000, timeout: 10_000 },
  });
  database.$on('query', ({ query }) => {
    metrics.countStatement(query);
  });
  return database;
}

/**
 * A transaction whose changes the audit trail records as the request's. Its first statement has to select `whoActs`,
 * beside what it selects or locks anyway: a statement of its own would cost each of them a round trip.
 */
export function transact<Result>(
  database: Database,
  audit: Pick<AuditRecorder, 'changeContext'>,
  work: (transaction: Transaction, whoActs: Prisma.Sql) => Promise<Result>,
): Promise<Result> {
  const whoActs = Prisma.sql`set_config('caregraph.audit_context', ${audit.changeContext()}, true)`;
  return database.$transaction((transaction) => work(transaction, whoActs));
}
