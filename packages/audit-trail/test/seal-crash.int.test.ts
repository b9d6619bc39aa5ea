import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { createScratchTrail } from './seal-fixtures.js';
import { verify } from './verify-fixtures.js';

/** A process that seals as fast as it can until it is killed. */
const program = `
  const { Pool } = await import('pg');
  const { createLogger, createMetrics } = await import('@caregraph/service-kit');
  const { readAuditKeys } = await import(process.env.DIST + '/audit-keys.js');
  const { startSealer } = await import(process.env.DIST + '/sealer.js');
  const keys = readAuditKeys(process.env.KEYS);
  startSealer({
    service: 'users', schema: 'public', interval: 1, logger: createLogger('users', 'silent'),
    pool: new Pool({ connectionString: process.env.DATABASE }), keys, key: keys[0], metrics: createMetrics('users'),
    checkpointsDirectory: process.env.CHECKPOINTS,
  });
  setInterval(() => undefined, 1000);`;

it('leaves a whole trail when processes are killed while they seal, under load', async () => {
  await using trail = await createScratchTrail();
  const environment = {
    ...process.env,
    DIST: new URL('../dist', import.meta.url).href,
    DATABASE: trail.database.databaseUrl,
    KEYS: trail.keysFile,
    CHECKPOINTS: trail.checkpoints,
  };
  let isLoaded = true;
  const load = [1, 2].map(async (id) => {
    while (isLoaded) await trail.record(id);
  });
  for (let killed = 1; killed <= 3; killed += 1) {
    const [before] = await trail.rows<{ count: string }>('SELECT count(*) FROM audit_seals');
    const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
      cwd: import.meta.dirname,
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await expect
      .poll(async () => (await trail.rows<{ count: string }>('SELECT count(*) FROM audit_seals'))[0]?.count, {
        timeout: 30_000,
      })
      .not.toBe(before?.count);
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  }
  isLoaded = false;
  await Promise.all(load);
  await trail.seal();
  const report = await verify(trail);
  expect(report.findings).toEqual([]);
  expect(report.sealed).toBe(report.entries);
  expect(report.covered).toBe(report.entries);
});
