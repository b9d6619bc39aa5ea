import { openFieldCipher } from '@caregraph/encryption';
import { MigrationError, migrate } from '@caregraph/migrations';
import {
  databaseNames,
  discardCluster,
  findFreePort,
  prepareDatabases,
  runtimeRole,
  serviceNames,
  startCluster,
} from '@caregraph/postgres';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { keyFileSettings } from './key-files.mjs';

/** @typedef {import('@caregraph/postgres').Cluster} Cluster */
/** @typedef {Record<import('@caregraph/postgres').ServiceName, import('@caregraph/postgres').DatabaseUrls>} DatabaseUrls */

/** The database that holds the tables of all three services, a schema each: for the comparison only. */
const joinedDatabase = 'bench_joined';
const seedProgram = fileURLToPath(new URL('../../packages/seed/dist/main.js', import.meta.url));

/**
 * A server of its own, as durable as that of `npm start`, with the three databases and the joined one, all
 * holding the same rows. What an earlier run made is used again if it has the same size.
 *
 * @param {string} directory
 * @param {import('./options.mjs').Options} options
 * @param {(message: string) => void} tell
 */
export async function openDatabases(directory, { patients, doctors, appointments }, tell) {
  const marker = path.join(directory, 'content.json');
  const content = JSON.stringify({ patients, doctors, appointments });
  const clusterDirectory = path.join(directory, 'postgres');
  const keyFiles = await keyFileSettings(directory);
  await mkdir(directory, { recursive: true });
  const isKept = (await readFile(marker, 'utf8').catch(() => '')) === content;
  if (!isKept) {
    await rm(marker, { force: true });
    await discardCluster(clusterDirectory);
  }
  const cluster = await startCluster({
    dataDirectory: clusterDirectory,
    port: await findFreePort(),
    settings: {
      max_connections: 200,
      shared_buffers: '256MB',
      shared_preload_libraries: 'pg_stat_statements',
    },
    onProgress: tell,
  });
  try {
    const urls = await migrateAll(cluster);
    if (!isKept) {
      for (const target of [urls.services, urls.joined]) {
        tell(target === urls.joined ? 'seeding the joined database' : 'seeding the three databases');
        await seed(target, keyFiles, { patients, doctors, appointments });
      }
      tell('vacuuming');
      for (const database of [...Object.values(databaseNames), joinedDatabase]) {
        await withClient(cluster.superuserUrl(database), (client) => client.query('VACUUM ANALYZE'));
      }
      await writeFile(marker, content);
    }
    return {
      cluster,
      services: urls.services,
      keyFiles,
      joined: joinedPool(cluster),
      /** Opens what decrypts the joined database's clinical text, which is encrypted like that of the services. */
      openJoinedCipher: () =>
        openFieldCipher({
          service: 'patients',
          databaseUrl: urls.joined.patients.databaseUrl,
          settings: keyFiles,
          logger: console,
        }),
      deleteBookings: (database = databaseNames.appointments) => deleteBookings(cluster, database),
    };
  } catch (error) {
    await cluster.stop();
    if (!(error instanceof MigrationError)) throw error;
    // Migrations have changed since the data was made.
    await rm(marker, { force: true });
    throw new Error(`${error.message} The benchmark's data is out of date and will be made anew next time.`, {
      cause: error,
    });
  }
}

/** From here on, all appointments are the benchmark's own. */
export const farOff = '2100-01-04';

/** @param {Cluster} cluster */
async function migrateAll(cluster) {
  const password = () => ({ owner: randomUUID(), runtime: randomUUID() });
  const services = await prepareDatabases(cluster, {
    users: password(),
    patients: password(),
    appointments: password(),
  });
  for (const service of serviceNames) {
    await migrate({
      service,
      migrationUrl: services[service].migrationUrl,
      runtimeRole: runtimeRole(service),
    });
  }
  await withClient(cluster.superuserUrl('postgres'), async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [joinedDatabase]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${joinedDatabase} TEMPLATE template0`);
  });
  /** @param {import('@caregraph/postgres').ServiceName} service */
  const schemaUrls = (service) => {
    const url = `${cluster.superuserUrl(joinedDatabase)}?schema=${service}`;
    return { databaseUrl: url, migrationUrl: url };
  };
  const joined = {
    users: schemaUrls('users'),
    patients: schemaUrls('patients'),
    appointments: schemaUrls('appointments'),
  };
  for (const service of serviceNames) {
    await migrate({ service, migrationUrl: joined[service].migrationUrl, runtimeRole: 'postgres' });
  }
  return { services, joined };
}

/**
 * @param {DatabaseUrls} urls
 * @param {Record<string, string>} keyFiles
 * @param {Record<string, number>} sizes
 */
async function seed(urls, keyFiles, sizes) {
  const child = spawn(
    process.execPath,
    [seedProgram, ...Object.entries(sizes).flatMap(([name, size]) => [`--${name}`, String(size)])],
    {
      env: {
        ...process.env,
        ...keyFiles,
        USERS_MIGRATION_URL: urls.users.migrationUrl,
        PATIENTS_MIGRATION_URL: urls.patients.migrationUrl,
        APPOINTMENTS_MIGRATION_URL: urls.appointments.migrationUrl,
      },
      stdio: ['ignore', 2, 2],
    },
  );
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error('The data could not be made.');
}

/** @param {Cluster} cluster */
function joinedPool(cluster) {
  return new pg.Pool({
    connectionString: cluster.superuserUrl(joinedDatabase),
    // As many as a service has.
    max: 10,
    options: '-c TimeZone=UTC -c search_path=users,patients,appointments,public',
  });
}

/** @param {Cluster} cluster @param {string} database */
async function deleteBookings(cluster, database) {
  await withClient(cluster.superuserUrl(database), async (client) => {
    await client.query(
      'DELETE FROM booking_requests USING appointments a WHERE a.id = appointment_id AND a.date_time >= $1',
      [farOff],
    );
    await client.query('DELETE FROM appointments WHERE date_time >= $1', [farOff]);
    await client.query('VACUUM ANALYZE appointments');
  });
}

/**
 * Does something on a connection of its own.
 *
 * @template Result
 * @param {string} connectionString
 * @param {(client: pg.Client) => Promise<Result>} work
 */
export async function withClient(connectionString, work) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
