import { createHash, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { encryptionProblems } from './encryption-settings.js';
import { createMasterKey, exposedKeyFile, readMasterKeys, type KeyWrapper } from './master-keys.js';

const encoded = randomBytes(32).toString('base64');
const production = { NODE_ENV: 'production' };

function read(text: string, environment: { NODE_ENV?: string } = {}): readonly KeyWrapper[] {
  return readMasterKeys({ ENCRYPTION_MASTER_KEY: text, ...environment }).all;
}

function only(text: string): KeyWrapper {
  const [wrapper, ...others] = read(text);
  if (wrapper === undefined || others.length > 0) throw new Error('There is not one key.');
  return wrapper;
}

it('reads keys from a file, with comments and blank lines between them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-master-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'keys');
  await writeFile(file, `# the first\nfirst ${encoded}\r\n\n${createMasterKey(new Date('2026-03-02'))}`);
  const { all, newest } = readMasterKeys({ ENCRYPTION_MASTER_KEY_FILE: file, ...production });
  expect(newest).toBe(all[1]);
  expect(all.map(({ id }) => id)).toEqual(['first', expect.stringMatching(/^master-2026-03-02-\w{6}$/)]);
});

it.each([
  ['nothing but a comment', '# none', 'there is no key in it'],
  ['a key without an id', encoded, 'is not of the form'],
  ['a key that is too short', 'main AAAA', 'the key "main" is not 32 bytes in base64'],
  ['a key in hexadecimal', `main ${randomBytes(32).toString('hex')}`, 'the key "main" is not 32 bytes'],
  ['two keys of one id', `main ${encoded}\nmain ${encoded}`, 'two keys have the id "main"'],
])('refuses %s, and repeats no key', (_, text, reason) => {
  expect(() => read(text)).toThrow(reason);
  expect(() => read(text)).not.toThrow(encoded);
});

it('tells a file that other accounts may read from one that they may not', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-master-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'keys');
  await writeFile(file, createMasterKey(new Date()), { mode: 0o600 });
  expect(exposedKeyFile({ ENCRYPTION_MASTER_KEY_FILE: file })).toBeUndefined();
  await chmod(file, 0o640);
  expect(exposedKeyFile({ ENCRYPTION_MASTER_KEY_FILE: file })).toBe(file);
  expect(exposedKeyFile({ ENCRYPTION_MASTER_KEY: 'text' })).toBeUndefined();
});

it('names a file that is not there', () => {
  expect(() => readMasterKeys({ ENCRYPTION_MASTER_KEY_FILE: '/nowhere/key' })).toThrow(
    'ENCRYPTION_MASTER_KEY_FILE: /nowhere/key cannot be read. If it is lost, put it back',
  );
});

it.each([
  ['zeros', Buffer.alloc(32)],
  ['a sentence', Buffer.from('correct horse battery staple 123')],
  ['one half twice', Buffer.concat([randomBytes(16)].flatMap((half) => [half, half]))],
])('refuses %s in production only', (_, key) => {
  const text = `main ${key.toString('base64')}`;
  expect(() => read(text, production)).toThrow('the key "main" looks made up');
  expect(read(text)).toHaveLength(1);
});

it('takes keys for production that a generator made', () => {
  for (let index = 0; index < 500; index += 1) {
    const key = createHash('sha256').update(`generated ${index}`).digest('base64');
    expect(read(`main ${key}`, production)).toHaveLength(1);
  }
});

it('opens what it wrapped, under the same name only, and only unaltered', async () => {
  const wrapper = only(`main ${encoded}`);
  const key = randomBytes(32);
  const wrapped = await wrapper.wrap(key, 'patients:1');
  expect(wrapped.includes(key)).toBe(false);
  expect(await wrapper.unwrap(wrapped, 'patients:1')).toEqual(key);
  await expect(wrapper.unwrap(wrapped, 'patients:2')).rejects.toThrow();
  await expect(
    only(`main ${randomBytes(32).toString('base64')}`).unwrap(wrapped, 'patients:1'),
  ).rejects.toThrow();
  await expect(only(`other ${encoded}`).unwrap(wrapped, 'patients:1')).rejects.toThrow();
  for (let index = 0; index < wrapped.length; index += 1) {
    const altered = Buffer.from(wrapped);
    altered.writeUInt8(altered.readUInt8(index) ^ 1, index);
    await expect(wrapper.unwrap(altered, 'patients:1')).rejects.toThrow();
  }
});

it('asks for exactly one of the two settings', () => {
  const [file, text] = [{ ENCRYPTION_MASTER_KEY_FILE: 'file' }, { ENCRYPTION_MASTER_KEY: 'text' }];
  expect(encryptionProblems({})).toEqual([
    'ENCRYPTION_MASTER_KEY_FILE: is required (or ENCRYPTION_MASTER_KEY)',
  ]);
  expect(encryptionProblems(file)).toEqual([]);
  expect(encryptionProblems(text)).toEqual([]);
  expect(encryptionProblems({ ...file, ...text })).toEqual([
    'ENCRYPTION_MASTER_KEY: must not be set beside ENCRYPTION_MASTER_KEY_FILE',
  ]);
});
