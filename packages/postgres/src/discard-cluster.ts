import { locateCluster, removeCluster, sharedDirectory } from './cluster-location.js';
import { clusterFiles } from './initialise-data.js';
import { findPostmaster, stopPostmaster } from './postmaster.js';
import { findServerBinaries } from './server-binaries.js';

/** Stops the server of `dataDirectory`, if it runs, and deletes everything of the cluster. */
export async function discardCluster(dataDirectory: string): Promise<void> {
  const location = await locateCluster(dataDirectory);
  if (await findPostmaster(clusterFiles(location.home).data)) {
    await stopPostmaster(location, await findServerBinaries(location.account, sharedDirectory));
  }
  await removeCluster(dataDirectory);
}
