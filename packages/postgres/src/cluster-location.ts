import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { canReach, findServerAccount, type ServerAccount } from './server-account.js';

/** Where root keeps what the server's own account must reach and could not reach below the clone. */
export const sharedDirectory = '/var/lib/caregraph';

/** Where one cluster lives, and as whom its server runs. */
export interface ClusterLocation {
  /** The folder that holds everything of the cluster. */
  home: string;
  account: ServerAccount | undefined;
}

/**
 * The folder for the cluster that was asked for as `dataDirectory`, made if it is missing: that folder
 * itself, or, where the server's account cannot reach it, one below /var/lib/caregraph that belongs to it.
 */
export async function locateCluster(dataDirectory: string): Promise<ClusterLocation> {
  const account = await findServerAccount();
  const wanted = path.resolve(dataDirectory);
  await makeFolder(wanted, account);
  if (!account || (await canReach(account, wanted))) return { home: wanted, account };
  const home = substituteFor(wanted);
  await makeFolder(home, account);
  return { home, account };
}

/** Deletes all data of the cluster of `dataDirectory`, wherever it lives; its server must not be running. */
export async function removeCluster(dataDirectory: string): Promise<void> {
  const wanted = path.resolve(dataDirectory);
  for (const home of [wanted, substituteFor(wanted)])
    await rm(home, { recursive: true, force: true, maxRetries: 5 });
}

/** The new folder is open to passers-by, whatever our umask; what is inside keeps its own, closed modes. */
async function makeFolder(folder: string, account: ServerAccount | undefined): Promise<void> {
  if (existsSync(folder)) return;
  await mkdir(folder, { recursive: true });
  if (account) await chmod(folder, 0o755);
}

function substituteFor(wanted: string): string {
  return path.join(sharedDirectory, createHash('sha256').update(wanted).digest('hex').slice(0, 16));
}
