import { recordProcess } from '@caregraph/postgres';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { AlreadyRunningError, refuseWhileRunning, takeRunnerLock } from '../src/runner-lock.js';

it('holds a second runner off, by name, until it is released', async () => {
  const folder = await temporaryFolder();
  const lock = await takeRunnerLock(folder);
  await expect(takeRunnerLock(folder)).rejects.toThrow(AlreadyRunningError);
  expect(() => {
    refuseWhileRunning(folder);
  }).toThrow(`process ${process.pid}`);
  await lock.release();
  refuseWhileRunning(folder);
  expect(await readdir(folder)).toEqual([]);
});

it('takes over from a runner that is gone and ends the children it left', async () => {
  const folder = await temporaryFolder();
  const orphan = spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 1000)']);
  await once(orphan, 'spawn');
  const ended = once(orphan, 'exit');
  const runner = { pid: process.pid, identity: 'an earlier process with our number' };
  const children = { users: recordProcess(orphan.pid ?? 0) };
  await writeFile(path.join(folder, 'runner.json'), JSON.stringify({ runner, children }));
  const lock = await takeRunnerLock(folder);
  expect(await ended).toEqual([null, 'SIGTERM']);
  await lock.release();
});

it('leaves alone a process that merely has the number of a child that was left', async () => {
  const folder = await temporaryFolder();
  const stranger = spawn(process.execPath, ['--eval', 'setInterval(() => undefined, 1000)']);
  onTestFinished(() => {
    stranger.kill();
  });
  await once(stranger, 'spawn');
  const gone = { pid: stranger.pid, identity: 'somebody else' };
  await writeFile(
    path.join(folder, 'runner.json'),
    JSON.stringify({ runner: gone, children: { users: gone } }),
  );
  await (await takeRunnerLock(folder)).release();
  expect(stranger.exitCode ?? stranger.signalCode).toBeNull();
});

it('lets one of several take over from a runner that is gone', async () => {
  const folder = await temporaryFolder();
  const runner = { pid: process.pid, identity: 'an earlier process with our number' };
  await writeFile(path.join(folder, 'runner.json'), JSON.stringify({ runner, children: {} }));
  const attempts = await Promise.allSettled(Array.from({ length: 8 }, () => takeRunnerLock(folder)));
  const taken = attempts.filter(({ status }) => status === 'fulfilled');
  expect(taken).toHaveLength(1);
});

it('is not held off by a file that was cut off', async () => {
  const folder = await temporaryFolder();
  await writeFile(path.join(folder, 'runner.json'), '{"runner":{"pi');
  await (await takeRunnerLock(folder)).release();
  expect(await readdir(folder)).toEqual([]);
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'caregraph-lock-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
