import {
  prepareDatabases,
  serviceNames,
  startCluster,
  type Cluster,
  type DatabaseUrls,
  type ServiceName,
} from '@caregraph/postgres';
import path from 'node:path';
import { loadSecrets } from './secrets.js';
import type { Settings } from './settings.js';

/** The three databases, ready to be connected to. */
export interface Databases {
  urls: Record<ServiceName, DatabaseUrls>;
  /** The server that we run for them; undefined when they are somebody else's. */
  cluster: Cluster | undefined;
  /** Lets go of the embedded server, which stops unless another command uses it. */
  close: () => Promise<void>;
}

/** Where the embedded server of a data directory keeps its own. */
export function clusterDirectory(dataDirectory: string): string {
  return path.join(dataDirectory, 'postgres');
}

/**
 * Opens the databases of the settings, or else starts (or joins) the embedded server.
 *
 * @throws PortTakenError, ClusterError
 */
export async function openDatabases(
  settings: Settings,
  onProgress: (step: string) => void,
): Promise<Databases> {
  if (settings.databases) {
    return { urls: settings.databases, cluster: undefined, close: () => Promise.resolve() };
  }
  const secrets = await loadSecrets(settings.dataDirectory);
  const cluster = await startEmbedded(settings, onProgress);
  try {
    const urls = await prepareDatabases(cluster, secrets.passwords);
    return { urls, cluster, close: cluster.stop };
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

/** Starts the embedded server of these settings, or joins it where it runs. */
export function startEmbedded(settings: Settings, onProgress: (step: string) => void): Promise<Cluster> {
  return startCluster({
    dataDirectory: clusterDirectory(settings.dataDirectory),
    port: settings.postgresPort,
    settings: {
      max_connections: 200,
      shared_buffers: '256MB',
      shared_preload_libraries: 'pg_stat_statements',
      log_line_prefix: '%m [%p] %q%u@%d ',
    },
    onProgress,
  });
}

/** The variables that tell a program about all three databases. */
export function databaseEnvironment(urls: Databases['urls']): Record<string, string> {
  return Object.fromEntries(
    serviceNames.flatMap((service) => [
      [`${service.toUpperCase()}_DATABASE_URL`, urls[service].databaseUrl],
      [`${service.toUpperCase()}_MIGRATION_URL`, urls[service].migrationUrl],
    ]),
  );
}
