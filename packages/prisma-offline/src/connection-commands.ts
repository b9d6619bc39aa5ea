import pg from 'pg';
import { databaseTarget, quoteIdentifier } from '@caregraph/service-kit/database-target';

/** PostgreSQL's code for a database that does not exist. */
const INVALID_CATALOG_NAME = '3D000';

/** Whether the native engine's `cli <command>` succeeded, and with which of Prisma's codes it failed. */
export type ConnectionOutcome = { readonly ok: true } | { ok: false; code: string; message: string };

/** The native engine's two commands outside JSON-RPC; anything else is refused. */
export async function runConnectionCommand(command: string, url: string): Promise<ConnectionOutcome> {
  try {
    switch (command) {
      case 'can-connect-to-database':
        await execute(url, 'SELECT 1');
        return { ok: true };
      case 'create-database': {
        const maintenance = new URL(url);
        maintenance.pathname = '/postgres';
        maintenance.searchParams.delete('schema');
        await execute(maintenance.href, `CREATE DATABASE ${quoteIdentifier(databaseTarget(url).database)}`);
        return { ok: true };
      }
      default:
        return { ok: false, code: 'P0000', message: `The offline engine has no command "${command}"` };
    }
  } catch (error) {
    const missing = error instanceof pg.DatabaseError && error.code === INVALID_CATALOG_NAME;
    const message = error instanceof Error ? error.message : String(error);
    return { ok: false, code: missing ? 'P1003' : 'P1001', message };
  }
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client(databaseTarget(url).connection);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
