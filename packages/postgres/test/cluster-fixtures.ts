import { discardCluster, findFreePort, startCluster, type Cluster } from '@caregraph/postgres';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Client } from 'pg';

/** A temporary folder for a cluster; the server in it is stopped and all is deleted at the end. */
export async function clusterFolder(): Promise<{ path: string } & AsyncDisposable> {
  const folder = await mkdtemp(path.join(tmpdir(), 'caregraph-cluster-'));
  await chmod(folder, 0o755);
  return {
    path: folder,
    [Symbol.asyncDispose]: async () => {
      await discardCluster(folder, { force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the cluster of a folder on some free port. */
export async function start(dataDirectory: string): Promise<Cluster> {
  return startCluster({ dataDirectory, port: await findFreePort(), durable: false });
}

/** Runs one statement as the superuser. */
export async function query(cluster: Cluster, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: cluster.superuserUrl('postgres') });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

/**
 * Starts a server from a process of its own that is then killed without a chance to stop it.
 *
 * @returns the port that the server listens on
 */
export async function killedStarter(dataDirectory: string, port: number): Promise<number> {
  const program = `
    import { startCluster } from '@caregraph/postgres';
    const cluster = await startCluster(${JSON.stringify({ dataDirectory, port, durable: false })});
    console.log(cluster.port);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  child.kill('SIGKILL');
  await once(child, 'exit');
  return Number(printed.toString());
}
