import { ClusterError, findFreePort, PortTakenError, startCluster, type Cluster } from '@caregraph/postgres';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { expect, it } from 'vitest';
import { clusterFolder, killedStarter, query, start } from './cluster-fixtures.js';

it('keeps its data and its superuser over a restart', async () => {
  await using folder = await clusterFolder();
  const first = await start(folder.path);
  await query(first, "CREATE TABLE kept AS SELECT 'still here' AS text");
  await first.stop();
  const second = await start(folder.path);
  expect(second.adopted).toBe(false);
  expect(await query(second, 'SELECT text FROM kept')).toEqual([{ text: 'still here' }]);
});

it('works in a folder whose name has spaces, quotes and letters that are not ASCII', async () => {
  await using folder = await clusterFolder();
  const cluster = await start(path.join(folder.path, "Zoë's own clone"));
  expect(await query(cluster, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await cluster.stop();
});

it('sorts and lower-cases names that are not ASCII', async () => {
  await using folder = await clusterFolder();
  const cluster = await start(folder.path);
  const [row] = await query(
    cluster,
    "SELECT lower('ÉÀŽ') AS lower, array_agg(name ORDER BY name) AS names FROM (VALUES ('Zoe'), ('Émile'), ('Eve'), ('émil')) AS v (name)",
  );
  expect(row).toEqual({ lower: 'éàž', names: ['émil', 'Émile', 'Eve', 'Zoe'] });
});

it('adopts the server of a process that was killed', async () => {
  await using folder = await clusterFolder();
  const port = await findFreePort();
  await killedStarter(folder.path, port);
  const cluster = await startCluster({ dataDirectory: folder.path, port, durable: false });
  expect(cluster.adopted).toBe(true);
  expect(await query(cluster, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await cluster.stop();
  expect(existsSync(path.join(folder.path, 'cluster', 'data', 'postmaster.pid'))).toBe(false);
});

it('moves an adopted server that nobody uses to the port that is wanted', async () => {
  await using folder = await clusterFolder();
  await killedStarter(folder.path, await findFreePort());
  const port = await findFreePort();
  const cluster = await startCluster({ dataDirectory: folder.path, port, durable: false });
  expect(await query(cluster, 'SHOW port')).toEqual([{ port: String(port) }]);
});

it('joins a server that somebody uses at the port where it is, and the last to leave stops it', async () => {
  await using folder = await clusterFolder();
  const first = await start(folder.path);
  const second = await start(folder.path);
  expect(second).toMatchObject({ adopted: true, port: first.port });
  await first.stop();
  expect(await query(second, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  await second.stop();
  await expect(query(second, 'SELECT 1 AS one')).rejects.toThrow('ECONNREFUSED');
});

it('lets two that start at the same moment share one server', async () => {
  await using folder = await clusterFolder();
  const [first, second] = await Promise.all([start(folder.path), start(folder.path)]);
  expect(second.port).toBe(first.port);
  expect([first.adopted, second.adopted].sort()).toEqual([false, true]);
});

it('refuses a path that the starter of PostgreSQL would hand to a shell unquoted', async () => {
  await using folder = await clusterFolder();
  await expect(start(path.join(folder.path, 'costs $5'))).rejects.toThrow(/may not contain/);
});

it('makes the data again when it was interrupted half-way', async () => {
  await using folder = await clusterFolder();
  const partial = path.join(folder.path, 'cluster.partial-of-a-crash', 'data');
  await mkdir(partial, { recursive: true });
  await writeFile(path.join(partial, 'PG_VERSION'), '15\n');
  const cluster = await start(folder.path);
  expect(await query(cluster, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(await readdir(folder.path)).toEqual(['cluster']);
});

it('starts although the pid file of a crash names a process that is something else now', async () => {
  await using folder = await clusterFolder();
  const first = await start(folder.path);
  const pidFile = path.join(folder.path, 'cluster', 'data', 'postmaster.pid');
  const text = await readFile(pidFile, 'utf8');
  await first.stop();
  await writeFile(pidFile, text.replace(/^\d+/, String(process.pid)));
  const second = await start(folder.path);
  expect(second.adopted).toBe(false);
});

it('recovers what was committed when the server itself was killed', async () => {
  await using folder = await clusterFolder();
  const first = await start(folder.path);
  await query(first, 'CREATE TABLE kept AS SELECT 1 AS one');
  const pid = Number(
    (await readFile(path.join(folder.path, 'cluster', 'data', 'postmaster.pid'), 'utf8')).split('\n')[0],
  );
  process.kill(pid, 'SIGKILL');
  await first.lost;
  const second = await start(folder.path);
  expect(await query(second, 'SELECT one FROM kept')).toEqual([{ one: 1 }]);
});

it('names the port and the setting when the port is taken, and starts nothing', async () => {
  await using folder = await clusterFolder();
  const squatter = createServer().listen(0, '127.0.0.1');
  await once(squatter, 'listening');
  const address = squatter.address();
  const port = address !== null && typeof address === 'object' ? address.port : 0;
  const attempt = startCluster({ dataDirectory: folder.path, port, durable: false });
  await expect(attempt).rejects.toThrow(PortTakenError);
  await expect(attempt).rejects.toThrow(
    `Port ${port} is taken by another program; set POSTGRES_PORT to a free port.`,
  );
  expect(existsSync(path.join(folder.path, 'cluster', 'data', 'postmaster.pid'))).toBe(false);
  squatter.close();
});

it('refuses data of another major version and says what to do', async () => {
  await using folder = await clusterFolder();
  const cluster: Cluster = await start(folder.path);
  await cluster.stop();
  await writeFile(path.join(folder.path, 'cluster', 'data', 'PG_VERSION'), '14\n');
  const attempt = start(folder.path);
  await expect(attempt).rejects.toThrow(ClusterError);
  await expect(attempt).rejects.toThrow(/written by PostgreSQL 14, and this is PostgreSQL 15.*npm run reset/);
});

it('removes a scratch cluster when the process that made it is killed', async () => {
  const program = `
    import { createScratchCluster } from '@caregraph/postgres';
    const cluster = await createScratchCluster();
    const { Client } = await import('pg');
    const client = new Client({ connectionString: cluster.superuserUrl('postgres') });
    await client.connect();
    const { rows } = await client.query('SHOW data_directory');
    console.log(rows[0].data_directory);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = (await once(child.stdout, 'data')) as [Buffer];
  const folder = path.dirname(path.dirname(printed.toString().trim()));
  expect(existsSync(folder)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => existsSync(folder), { timeout: 20_000 }).toBe(false);
});
