import { ClusterError, findFreePort, startCluster } from '@caregraph/postgres';
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { resetData } from '../src/reset-data.js';

it("deletes all that was generated, the benchmark's data too, unless somebody uses it", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'caregraph-reset-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await chmod(folder, 0o755);
  await mkdir(path.join(folder, 'logs'));
  await mkdir(path.join(folder, 'postgres'));
  await mkdir(path.join(folder, 'bench'));
  for (const file of ['secrets.json', 'logs/users.log', 'bench/content.json', 'not-ours.txt']) {
    await writeFile(path.join(folder, file), '{}');
  }
  const dataDirectory = path.join(folder, 'bench', 'postgres');
  const cluster = await startCluster({ dataDirectory, port: await findFreePort(), durable: false });
  try {
    await expect(resetData(folder)).rejects.toThrow(ClusterError);
  } finally {
    await cluster.stop();
  }
  await resetData(folder);
  expect(await readdir(folder)).toEqual(['not-ours.txt']);
});
