import { chmod, mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from 'vitest';
import { canReach, parseAccounts } from './server-account.js';

it('reads accounts out of a passwd file and never offers root or a namesake of it', () => {
  const accounts = parseAccounts(
    'root:x:0:0:root:/root:/bin/sh\ntoor:x:0:0::/:/bin/sh\nnobody:x:65534:65533::/:/bin/false\n\n# odd\n',
  );
  expect([...accounts.values()]).toEqual([{ name: 'nobody', uid: 65534, gid: 65533 }]);
});

it('finds a folder out of reach when one above it is closed to the account', async () => {
  const top = await mkdtemp(path.join(tmpdir(), 'caregraph-reach-'));
  try {
    const inner = path.join(top, 'closed', 'inner');
    await mkdir(inner, { recursive: true });
    for (const folder of [top, path.dirname(inner), inner]) await chmod(folder, 0o755);
    const stranger = { name: 'stranger', uid: 54_321, gid: 54_321 };
    expect(await canReach(stranger, inner)).toBe(true);
    await chmod(path.dirname(inner), 0o750);
    expect(await canReach(stranger, inner)).toBe(false);
    const { uid, gid } = await stat(top);
    expect(await canReach({ name: 'colleague', uid: 54_321, gid }, inner)).toBe(true);
    expect(await canReach({ name: 'owner', uid, gid: 54_321 }, inner)).toBe(true);
  } finally {
    await rm(top, { recursive: true });
  }
});
