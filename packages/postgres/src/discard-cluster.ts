import { attach } from './attachment.js';
import { locateCluster, removeCluster, sharedDirectory } from './cluster-location.js';
import { superuserUrlOf } from './cluster.js';
import { ClusterError } from './errors.js';
import { clusterFiles } from './initialise-data.js';
import { findPostmaster, stopPostmaster } from './postmaster.js';
import { findServerBinaries } from './server-binaries.js';

/**
 * Stops the server of `dataDirectory`, if it runs, and deletes everything of the cluster.
 *
 * @param force also while somebody uses it
 * @throws ClusterError when somebody uses it
 */
export async function discardCluster(dataDirectory: string, { force = false } = {}): Promise<void> {
  const location = await locateCluster(dataDirectory);
  const files = clusterFiles(location.home);
  const postmaster = await findPostmaster(files.data);
  if (postmaster) {
    if (!force) await refuseWhileUsed(await superuserUrlOf(files, postmaster.port));
    await stopPostmaster(location, await findServerBinaries(location.account, sharedDirectory));
  }
  await removeCluster(dataDirectory);
}

async function refuseWhileUsed(superuserUrl: (database: string) => string): Promise<void> {
  const attachment = await attach(superuserUrl('postgres'));
  if (!attachment || (await attachment.release())) return;
  throw new ClusterError('The embedded PostgreSQL is in use by another command; stop that first.');
}
