import { databaseNames, prepareDatabase, serviceNames } from '@caregraph/postgres';
import { withClient } from './databases.mjs';

/**
 * Copies of the three databases on the same server, byte for byte, in which the triggers that record changes are off.
 * Made anew each time, so that both sides begin with the same rows in the same places.
 *
 * @param {import('@caregraph/postgres').Cluster} cluster
 * @param {import('./databases.mjs').DatabaseUrls} services the databases to copy, to which nothing is connected
 * @returns {Promise<import('./databases.mjs').DatabaseUrls>}
 */
export async function copyWithoutTrail(cluster, services) {
  await withClient(cluster.superuserUrl('postgres'), async (client) => {
    for (const service of serviceNames) {
      await client.query(`DROP DATABASE IF EXISTS ${copyOf(service)} WITH (FORCE)`);
      await prepareDatabase(client, service, copyOf(service), databaseNames[service]);
    }
  });
  for (const service of serviceNames) {
    await withClient(cluster.superuserUrl(copyOf(service)), silence);
  }
  /** @param {import('@caregraph/postgres').ServiceName} service */
  const urls = (service) => ({
    databaseUrl: renamed(services[service].databaseUrl, copyOf(service)),
    migrationUrl: renamed(services[service].migrationUrl, copyOf(service)),
  });
  return { users: urls('users'), patients: urls('patients'), appointments: urls('appointments') };
}

/** @param {import('@caregraph/postgres').ServiceName} service */
export const copyOf = (service) => `${databaseNames[service]}_without_trail`;

/** @param {import('pg').Client} client */
async function silence(client) {
  const { rows } = await client.query(
    `SELECT format('ALTER TABLE %s DISABLE TRIGGER %I', tgrelid::regclass, tgname) AS statement
     FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
     WHERE NOT tgisinternal AND proname LIKE 'record\\_%\\_changes'`,
  );
  if (rows.length === 0) throw new Error('There are no triggers that record changes.');
  for (const { statement } of rows) await client.query(statement);
}

/** @param {string} url @param {string} database */
function renamed(url, database) {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}
