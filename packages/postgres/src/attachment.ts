import { Client, DatabaseError } from 'pg';
import { setTimeout as delay } from 'node:timers/promises';
import { ClusterError } from './errors.js';

/** One process's hold on a running server, which keeps the others from stopping it. */
export interface Attachment {
  /** Settles when the server ends the connection without having been asked to by us. */
  lost: Promise<void>;
  /** True when nobody else holds on, nor can any more: the caller may stop the server. */
  claim: () => Promise<boolean>;
  /** Lets go; true when that leaves nobody, and the server to the caller, as with `claim`. */
  release: () => Promise<boolean>;
}

/** "The database system is starting up" or "is shutting down": ask again shortly. */
const notYet = '57P03';
const lockKey = 7_246_537;

/** How long a server may take to answer a connection, and to come up or to go away, in milliseconds. */
const connectPatience = 10_000;
const changePatience = 120_000;

/**
 * Takes hold of the server at `url`. The hold is a shared advisory lock, so it ends with our process however
 * that ends, and whoever lets go last finds out by taking the lock for itself.
 *
 * @returns undefined when no server answers there (any more)
 * @throws ClusterError when something listens there and does not answer in time
 * @throws what PostgreSQL answers otherwise, a wrong password for one
 */
export async function attach(url: string): Promise<Attachment | undefined> {
  const client = await connect(url);
  if (!client) return undefined;
  let released = false;
  const lost = new Promise<void>((resolve) => {
    client.once('end', () => {
      if (!released) resolve();
    });
  });
  // Without a listener the end of the server would end this process; `lost` tells about it.
  client.on('error', () => undefined);
  try {
    await client.query('SELECT pg_advisory_lock_shared($1)', [lockKey]);
  } catch {
    // The last holder was stopping the server while we waited for the lock.
    await client.end().catch(() => undefined);
    return undefined;
  }
  const claim = async (): Promise<boolean> => {
    const { rows } = await client.query<{ alone: boolean }>('SELECT pg_try_advisory_lock($1) AS alone', [
      lockKey,
    ]);
    return rows[0]?.alone === true;
  };
  return {
    lost,
    claim,
    release: async () => {
      released = true;
      try {
        // In this order: of two that let go at once, the second to ask finds nobody else.
        await client.query('SELECT pg_advisory_unlock_shared($1)', [lockKey]);
        if (await claim()) return true;
        await client.end();
        return false;
      } catch {
        // The server has gone already, or is past answering; stopping it does no harm.
        return true;
      }
    },
  };
}

async function connect(url: string): Promise<Client | undefined> {
  const begin = performance.now();
  for (;;) {
    const client = new Client({
      connectionString: url,
      keepAlive: true,
      application_name: 'caregraph',
      connectionTimeoutMillis: connectPatience,
      // Above all what waiting for the lock may take, while its last holder stops the server.
      query_timeout: 30_000,
    });
    const attempt = performance.now();
    try {
      await client.connect();
      return client;
    } catch (error) {
      if (!(error instanceof DatabaseError)) {
        // Timers may fire a little early; a port where nobody listens answers at once.
        if (performance.now() - attempt < 0.9 * connectPatience) return undefined;
        throw new ClusterError(`What listens on port ${client.port} does not answer as PostgreSQL.`);
      }
      if (error.code !== notYet || performance.now() - begin > changePatience) throw error;
      await delay(100);
    }
  }
}
