import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { attach, type Attachment } from './attachment.js';
import { locateCluster, sharedDirectory, type ClusterLocation } from './cluster-location.js';
import { ClusterError } from './errors.js';
import { clusterFiles, initialiseData, type ClusterFiles } from './initialise-data.js';
import { findPostmaster, startPostmaster, stopPostmaster, type ServerSettings } from './postmaster.js';
import { withProcessLock } from './process-lock.js';
import { findServerBinaries, type ServerBinaries } from './server-binaries.js';

/** What to start, and where. */
export interface ClusterOptions {
  /** The folder that holds everything of the cluster; made on first use. */
  dataDirectory: string;
  /** The port on 127.0.0.1 to start on; a server that others are using already keeps the one it has. */
  port: number;
  /** Additions to `postgresql.conf`. */
  settings?: ServerSettings;
  /** False leaves out every flush to the disk, for data that need not outlive the process. */
  durable?: boolean;
  /** Told, in a few words, what is being done. */
  onProgress?: (step: string) => void;
}

/** A PostgreSQL server that is running and accepts connections. */
export interface Cluster {
  port: number;
  /** Whether the server was running already. */
  adopted: boolean;
  /** The connection URL of the superuser for one database. */
  superuserUrl: (database: string) => string;
  /** Settles when the server goes away without `stop()`. */
  lost: Promise<void>;
  /** Stops the server, unless another process of ours still uses it: then the last one stops it. */
  stop: () => Promise<void>;
}

/** A server that is stopping, or coming up after a crash, is asked again this often, every 200 ms. */
const attempts = 50;

/**
 * Starts the server of `dataDirectory`, making its data on first use. The server outlives us if we are
 * killed, and the next call adopts it (or restarts it, where its port is another and nobody uses it).
 *
 * @throws PortTakenError when the port belongs to somebody else
 * @throws ClusterError when the server cannot be prepared or started
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const location = await locateCluster(options.dataDirectory);
  const binaries = await findServerBinaries(location.account, sharedDirectory);
  // Whoever comes second finds a server that is in use, not one that it might move.
  return withProcessLock(path.join(location.home, 'starting.json'), () =>
    startLocked(options, location, binaries),
  );
}

async function startLocked(
  { port, settings = {}, durable = true, onProgress }: ClusterOptions,
  location: ClusterLocation,
  binaries: ServerBinaries,
): Promise<Cluster> {
  const files = clusterFiles(location.home);
  if (!existsSync(files.data)) onProgress?.('making the data directory');
  await initialiseData(location, binaries, { durable });
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    const running = await findPostmaster(files.data);
    if (!running) {
      onProgress?.('starting the server');
      await startPostmaster(location, binaries, port, settings);
    }
    const actualPort = running?.port ?? port;
    const superuserUrl = await superuserUrlOf(files, actualPort);
    const attachment = await attach(superuserUrl('postgres'));
    if (attachment && actualPort !== port && (await attachment.claim())) {
      onProgress?.(`moving the server from port ${actualPort} to ${port}`);
      await stopPostmaster(location, binaries);
    } else if (attachment) {
      const facts = { port: actualPort, adopted: running !== undefined, superuserUrl };
      return handOver(attachment, facts, location, binaries);
    } else {
      await delay(200);
    }
  }
  throw new ClusterError(`PostgreSQL does not answer on port ${port}; its log is ${files.log}.`);
}

function handOver(
  attachment: Attachment,
  facts: Pick<Cluster, 'port' | 'adopted' | 'superuserUrl'>,
  location: ClusterLocation,
  binaries: ServerBinaries,
): Cluster {
  return {
    ...facts,
    lost: attachment.lost,
    stop: async () => {
      if (await attachment.release()) await stopPostmaster(location, binaries);
    },
  };
}

/** How the superuser of a cluster connects to its server at `port`. */
export async function superuserUrlOf(files: ClusterFiles, port: number): Promise<Cluster['superuserUrl']> {
  const password = encodeURIComponent(await readFile(files.password, 'utf8'));
  return (database) => `postgresql://postgres:${password}@127.0.0.1:${port}/${encodeURIComponent(database)}`;
}
