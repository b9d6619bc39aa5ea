import { Client, escapeIdentifier, escapeLiteral } from 'pg';
import type { Cluster } from './cluster.js';
import { databaseNames, ownerRole, runtimeRole, serviceNames, type ServiceName } from './services.js';

/** How one service reaches its database. */
export interface DatabaseUrls {
  /** For the service itself: rows only. */
  databaseUrl: string;
  /** For migrations: the database's owner. */
  migrationUrl: string;
}

/** The passwords of one service's two roles. */
export interface RolePasswords {
  owner: string;
  runtime: string;
}

/** How long connecting, and any one statement, may take, in milliseconds; copying a template takes longest. */
const connectPatience = 10_000;
const statementPatience = 60_000;

type RolesOf<Value> = Record<ServiceName, Value>;

/**
 * Creates, or corrects, the two roles and the database of each service, keeps everybody but the superuser
 * out of `postgres` and `template1`, and returns how to reach the services' databases.
 * Doing it again changes nothing but the passwords, if those differ. What the runtime roles may do with
 * tables is granted by the migrations.
 */
export async function prepareDatabases(
  cluster: Pick<Cluster, 'superuserUrl'>,
  passwords: RolesOf<RolePasswords>,
): Promise<RolesOf<DatabaseUrls>> {
  const client = new Client({
    connectionString: cluster.superuserUrl('postgres'),
    connectionTimeoutMillis: connectPatience,
    query_timeout: statementPatience,
  });
  await client.connect();
  try {
    // The service roles have no business in the databases that every cluster has; by default anybody has.
    await client.query('REVOKE CONNECT, TEMPORARY ON DATABASE postgres FROM PUBLIC');
    await client.query('REVOKE CONNECT ON DATABASE template1 FROM PUBLIC');
    for (const service of serviceNames) {
      await prepareRole(client, ownerRole(service), passwords[service].owner, -1);
      await prepareRole(client, runtimeRole(service), passwords[service].runtime, 50);
      await prepareDatabase(client, service, databaseNames[service]);
    }
  } finally {
    await client.end();
  }
  const urls = (service: ServiceName): DatabaseUrls => serviceUrls(cluster, service, passwords[service]);
  return { users: urls('users'), patients: urls('patients'), appointments: urls('appointments') };
}

/**
 * Makes a database for the roles of `service`, as a copy of `template`, unless it is there already: its
 * owner migrates it, and nobody but the two roles connects.
 *
 * @param client a superuser's connection to another database
 */
export async function prepareDatabase(
  client: Client,
  service: ServiceName,
  name: string,
  template = 'template0',
): Promise<void> {
  const database = escapeIdentifier(name);
  const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
  if (rowCount === 0) {
    await client.query(
      `CREATE DATABASE ${database} OWNER ${ownerRole(service)} TEMPLATE ${escapeIdentifier(template)}`,
    );
  }
  await client.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${database} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${runtimeRole(service)}`);
}

function serviceUrls(
  cluster: Pick<Cluster, 'superuserUrl'>,
  service: ServiceName,
  passwords: RolePasswords,
): DatabaseUrls {
  const urlFor = (role: string, password: string): string => {
    const url = new URL(cluster.superuserUrl(databaseNames[service]));
    url.username = role;
    url.password = encodeURIComponent(password);
    return url.href;
  };
  return {
    databaseUrl: urlFor(runtimeRole(service), passwords.runtime),
    migrationUrl: urlFor(ownerRole(service), passwords.owner),
  };
}

async function prepareRole(client: Client, name: string, password: string, limit: number): Promise<void> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [name]);
  if (rowCount === 0) await client.query(`CREATE ROLE ${escapeIdentifier(name)}`);
  const role = escapeIdentifier(name);
  await client.query(
    `ALTER ROLE ${role} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT ${limit} PASSWORD ${escapeLiteral(password)}`,
  );
  await client.query(`ALTER ROLE ${role} SET TimeZone = 'UTC'`);
  // The details of an error hold the row that was refused, and a patient's data has no place in a log.
  await client.query(`ALTER ROLE ${role} SET log_error_verbosity = 'terse'`);
  // The statement that failed may have one in its text, and its parameters are one.
  await client.query(`ALTER ROLE ${role} SET log_min_error_statement = 'panic'`);
  await client.query(`ALTER ROLE ${role} SET log_parameter_max_length_on_error = 0`);
}
