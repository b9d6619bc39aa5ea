import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startCluster, type Cluster } from './cluster.js';
import { PortTakenError } from './errors.js';
import { findFreePort } from './free-port.js';
import type { ServerSettings } from './postmaster.js';

/** Fast instead of durable: the data does not outlive the tests. */
const scratchSettings: ServerSettings = {
  fsync: false,
  full_page_writes: false,
  synchronous_commit: false,
  max_connections: 500,
  shared_buffers: '256MB',
  log_line_prefix: '%m [%p] %q%u@%d ',
};

/**
 * Starts an empty cluster in a temporary folder on a free port. Nothing of it outlives this process: a
 * guard of our own, which notices when we are gone, stops the server and deletes the folder; `stop()` asks
 * it to do so at once.
 */
export async function createScratchCluster(): Promise<Cluster> {
  const folder = await mkdtemp(path.join(tmpdir(), 'caregraph-scratch-'));
  await chmod(folder, 0o755);
  const guard = spawn(
    process.execPath,
    [fileURLToPath(new URL('./scratch-guard-main.js', import.meta.url)), folder],
    {
      detached: true,
      stdio: ['pipe', 'ignore', 'inherit'],
    },
  );
  const removed = once(guard, 'exit');
  const remove = async (): Promise<void> => {
    guard.stdin.end();
    await removed;
  };
  try {
    const cluster = await startOnFreePort(folder);
    return { ...cluster, stop: remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function startOnFreePort(folder: string): Promise<Cluster> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const port = await findFreePort();
      return await startCluster({ dataDirectory: folder, port, settings: scratchSettings, durable: false });
    } catch (error) {
      if (!(error instanceof PortTakenError) || attempt === 5) throw error;
    }
  }
}
