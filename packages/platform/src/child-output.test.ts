import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { expect, it, onTestFinished } from 'vitest';
import { openChildOutput, summarise } from './child-output.js';

it('makes a line for people of warnings and errors only', () => {
  expect(summarise('{"level":30,"msg":"listening"}')).toBeUndefined();
  expect(summarise('{"level":40,"msg":"slow"}')).toBe('warning: slow');
  expect(summarise('{"level":50,"msg":"a request failed","err":{"message":"no route","stack":"at"}}')).toBe(
    'error: a request failed: no route',
  );
});

it('passes over what is no log line', () => {
  for (const line of ['plain text', '{"level":', '{"level":"high"}', '', '[]']) {
    expect(summarise(line)).toBeUndefined();
  }
});

it('leaves out what comes after the end', async () => {
  const folder = await temporaryFolder();
  const stdout = new PassThrough();
  const output = openChildOutput('child', folder, () => undefined);
  output.capture(stdout, new PassThrough());
  stdout.write('in time\n');
  await output.close();
  stdout.end('too late\n');
  await once(stdout, 'end');
  expect(await readFile(path.join(folder, 'child.log'), 'utf8')).toBe('in time\n');
});

it('says that a log cannot be written, and goes on', async () => {
  const folder = await temporaryFolder();
  const reports: string[] = [];
  const stdout = new PassThrough();
  const output = openChildOutput('no-such-folder/child', folder, (line) => reports.push(line));
  output.capture(stdout, new PassThrough());
  stdout.write('one line\n');
  await expect.poll(() => reports).toHaveLength(1);
  stdout.end('another\n');
  await once(stdout, 'end');
  await output.close();
  expect(reports).toEqual([expect.stringContaining('its log cannot be written: ENOENT')]);
});

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'caregraph-output-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}
