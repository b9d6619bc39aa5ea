import { discardCluster } from '@caregraph/postgres';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { clusterDirectory } from './databases.js';

/**
 * Deletes all that was generated in `dataDirectory`: the embedded data and the benchmark's, secrets and logs.
 *
 * @throws ClusterError when somebody uses one of the two servers
 */
export async function resetData(dataDirectory: string): Promise<void> {
  const bench = path.join(dataDirectory, 'bench');
  for (const owner of [dataDirectory, bench]) {
    // Asked for also where there is no folder: the data may live elsewhere, and outlast it.
    await discardCluster(clusterDirectory(owner));
  }
  const keys = ['secrets.json', 'access-token-keys.json', 'audit-keys.json', 'audit-checkpoints'];
  for (const name of [...keys, 'encryption-master-key', 'runner.json', 'logs', 'bench']) {
    await rm(path.join(dataDirectory, name), { recursive: true, force: true });
  }
}
