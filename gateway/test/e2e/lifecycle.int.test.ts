import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { DoctorsDayDocument, MeDocument, UpdateUserDocument } from '../generated/operations.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { connectRows, insertUser, type UserRow } from './platform/rows.js';

let platform: PlatformProcesses;
let administrator: UserRow;
let token: string;

beforeAll(async () => {
  platform = await startPlatformProcesses();
  await using users = await connectRows(platform.databases.users.superuserUrl);
  administrator = await insertUser(users, 'ADMIN', 'Root', 'Ng');
  token = await platform.token(administrator);

  return () => platform[Symbol.asyncDispose]();
});

/** Waits until a statement of a service waits for a lock in its database. */
async function somebodyWaits(
  database: string,
  rows: { number(sql: string, values: unknown[]): Promise<number> },
) {
  while (
    (await rows.number(
      `SELECT count(*) FROM pg_stat_activity WHERE datname = $1 AND wait_event_type = 'Lock'`,
      [database],
    )) === 0
  ) {
    await setTimeout(20);
  }
}

describe('a process that is told to end', () => {
  it('finishes the request that is under way, and takes no other', async () => {
    const { name, superuserUrl } = platform.databases.users;
    await using holder = await connectRows(superuserUrl);
    await using watcher = await connectRows(superuserUrl);
    const id = String(administrator.id);
    await holder.run('BEGIN');
    await holder.run('SELECT id FROM users WHERE id = $1 FOR UPDATE', [administrator.id]);
    const answer = platform.send(UpdateUserDocument, { input: { id, lastName: 'Nguyen' } }, { token });
    await somebodyWaits(name, watcher);

    for (const process of ['gateway', 'users'] as const) {
      platform.process(process).signal('SIGTERM');
      await platform.process(process).line(({ msg }) => msg === 'stopping');
    }
    await expect(platform.send(MeDocument, {}, { token })).rejects.toThrow();
    await holder.run('COMMIT');

    const { data, errors } = await answer;
    expect(errors).toBeUndefined();
    expect(data?.updateUser).toMatchObject({ user: { fullName: 'Root Nguyen' }, userErrors: [] });
    expect(await platform.process('gateway').exit).toEqual({ code: 0, signal: null });
    expect(await platform.process('users').exit).toEqual({ code: 0, signal: null });

    await platform.restart('users');
    await platform.restart('gateway');
    expect((await platform.send(MeDocument, {}, { token })).data?.me?.fullName).toBe('Root Nguyen');
  });

  it('ends likewise when the process that started it is gone', async () => {
    const range = { doctorId: '1', from: '2031-01-01T00:00:00Z', to: '2031-01-02T00:00:00Z' };
    expect((await platform.send(DoctorsDayDocument, range, { token })).errors).toBeUndefined();
    for (const name of ['gateway', 'appointments', 'patients', 'users'] as const) {
      platform.process(name).disconnect();
      expect(await platform.process(name).exit).toEqual({ code: 0, signal: null });
      const said = platform.process(name).lines.map(({ msg }) => msg);
      expect(said).toEqual(expect.arrayContaining(['stopping', 'stopped']));
    }
  });
});
