import { deploymentProblems, plainConnectionsExample } from '@caregraph/service-kit/deployment-checks';
import type { PlainConnection } from '@caregraph/service-kit/settings';

/** The runner's settings, as far as they are sound by themselves. */
type GivenSettings = Parameters<typeof deploymentProblems>[0];

const databaseUrls = ['USERS_DATABASE_URL', 'PATIENTS_DATABASE_URL', 'APPOINTMENTS_DATABASE_URL'];
const ownerUrls = ['USERS_MIGRATION_URL', 'PATIENTS_MIGRATION_URL', 'APPOINTMENTS_MIGRATION_URL'];
const ports = ['POSTGRES_PORT', 'PORT', 'USERS_PORT', 'PATIENTS_PORT', 'APPOINTMENTS_PORT'];

/**
 * What the runner's settings do wrong together, a line for each problem: some of the databases without the others,
 * two listeners on one port, and for a command that makes such connections, what production does not allow.
 */
export function settingsProblems(
  environment: NodeJS.ProcessEnv,
  given: GivenSettings,
  connections: readonly PlainConnection[],
): string[] {
  return [
    ...missingDatabases(environment),
    ...sharedPorts(given),
    ...(connections.length === 0 ? [] : unsafeConnections(environment, given, connections)),
  ];
}

function isGiven(environment: NodeJS.ProcessEnv, name: string): boolean {
  return (environment[name] ?? '') !== '';
}

function missingDatabases(environment: NodeJS.ProcessEnv): string[] {
  const isWanted = [...databaseUrls, ...ownerUrls].some((name) => isGiven(environment, name));
  if (!isWanted) return [];
  return databaseUrls.filter((name) => !isGiven(environment, name)).map((name) => `${name}: is required`);
}

function sharedPorts(given: GivenSettings): string[] {
  return ports.flatMap((name, index) => {
    const other = ports
      .slice(0, index)
      .find((earlier) => given[name] !== undefined && given[earlier] === given[name]);
    return other === undefined ? [] : [`${name}: is the same port as ${other}`];
  });
}

function unsafeConnections(
  environment: NodeJS.ProcessEnv,
  given: GivenSettings,
  connections: readonly PlainConnection[],
): string[] {
  const serves = connections.filter((connection) => connection !== 'database');
  const problems = deploymentProblems(given, { serves });
  const isEmbedded = !databaseUrls.some((name) => isGiven(environment, name));
  const allowed = given.ALLOW_PLAIN_CONNECTIONS ?? [];
  if (given.NODE_ENV === 'production' && isEmbedded && !allowed.includes('database')) {
    const plain = given.TLS_CERT_FILE === undefined ? serves : [];
    problems.push(
      `ALLOW_PLAIN_CONNECTIONS: has to name "database" in production, because the embedded PostgreSQL is connected to ` +
        `without TLS (${plainConnectionsExample(['database', ...allowed, ...plain])}); or set ${databaseUrls.join(', ')} to databases with sslmode=verify-full`,
    );
  }
  return problems;
}
