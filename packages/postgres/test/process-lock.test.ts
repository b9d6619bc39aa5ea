import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { withProcessLock } from '../src/process-lock.js';

/** What a holder left that was killed: its number is another process's now. */
const stale = JSON.stringify({ pid: process.pid, identity: 'an earlier process with our number' });

it('lets one at a time work, also while many take over from a holder that died', async () => {
  const folder = await temporaryFolder();
  for (let round = 0; round < 4; round += 1) {
    const file = path.join(folder, `${round}.json`);
    await writeFile(file, stale);
    let working = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      working += 1;
      most = Math.max(most, working);
      await readFile(file, 'utf8');
      working -= 1;
    };
    await Promise.all(Array.from({ length: 6 }, () => withProcessLock(file, work)));
    expect(most).toBe(1);
  }
  expect(await readdir(folder)).toEqual([]);
});

it('is not held up by one that died while it took over', async () => {
  const folder = await temporaryFolder();
  const file = path.join(folder, 'lock.json');
  await writeFile(file, stale);
  await writeFile(`${file}.takeover`, stale);
  expect(await withProcessLock(file, () => Promise.resolve('done'))).toBe('done');
  expect(await readdir(folder)).toEqual([]);
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'caregraph-process-lock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
