import type { AuditRecorder } from '@caregraph/audit-trail';
import { createDatabaseAdapter, type Metrics, type Viewer } from '@caregraph/service-kit';
import { PrismaClient } from './generated/prisma/client.js';

/** The service's database. */
export type Database = ReturnType<typeof connectDatabase>;
/** The database, or a transaction in it. */
export type Transaction = Omit<Database, '$connect' | '$disconnect' | '$on' | '$transaction' | '$extends'>;

/** Opens the pool; connections are made when they are needed. Every statement is counted. */
export function connectDatabase(url: string, metrics: Metrics, onError: (error: Error) => void) {
  const adapter = createDatabaseAdapter({ url, applicationName: 'caregraph-users', onError });
  const database = new PrismaClient({ adapter, log: [{ emit: 'event', level: 'query' }] });
  database.$on('query', ({ query }) => {
    metrics.countStatement(query);
  });
  return database;
}

/** On whose behalf data is changed: see `AuditRecorder.changeContext`. */
export type Actor = Pick<AuditRecorder, 'changeContext'>;

/** Somebody who has proved who they are in the course of a request that nobody in particular has sent. */
export function actingAs(audit: Actor, viewer: Viewer): Actor {
  return { changeContext: () => audit.changeContext(viewer) };
}

/** A transaction whose changes the audit trail records as the actor's. Nothing is changed outside of one. */
export function transact<Result>(
  database: Database,
  actor: Actor,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return database.$transaction(async (transaction) => {
    await nameActor(transaction, actor);
    return work(transaction);
  });
}

/** Names who makes the changes of a transaction that has begun without knowing it. */
export async function nameActor(transaction: Transaction, actor: Actor): Promise<void> {
  await transaction.$executeRaw`SELECT set_config('caregraph.audit_context', ${actor.changeContext()}, true)`;
}
