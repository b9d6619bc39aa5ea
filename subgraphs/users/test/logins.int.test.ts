import { createRateLimits } from '@caregraph/rate-limits';
import { createLogger, createMetrics } from '@caregraph/service-kit';
import { createPasswordHasher } from '@caregraph/users-subgraph/password-hasher';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { createCredentials } from '../src/credentials.js';
import { connectDatabase } from '../src/database.js';
import { createLoginDeviceRepository } from '../src/login-device-repository.js';
import { createLoginThrottle } from '../src/login-throttle.js';
import { createPasswordRepository } from '../src/password-repository.js';
import {
  ChangePasswordDocument,
  DeactivateUserDocument,
  LoginDocument,
  ResetPasswordDocument,
  type LoginInput,
} from './generated/operations.js';
import {
  administrator,
  anonymous,
  createAccount,
  logIn,
  newClient,
  password,
  startUsers,
  viewerOf,
  type UsersService,
} from './users-service.js';

let users: UsersService;

beforeAll(async () => {
  users = await startUsers();
});
afterAll(() => users[Symbol.asyncDispose]());

const database = sharedDatabase('users').databaseUrl;

async function attempt(input: Partial<LoginInput>, client = newClient()) {
  const whole = { email: '', password: 'not the right password', ...input };
  return (await users.ask(anonymous, LoginDocument, { input: whole }, client)).data.login;
}

/** The codes of several failed attempts. */
async function fail(times: number, input: Partial<LoginInput>, client?: ReturnType<typeof newClient>) {
  const codes: string[] = [];
  for (let time = 0; time < times; time += 1) {
    codes.push(...(await attempt(input, client)).userErrors.map(({ code }) => code));
  }
  return codes;
}

const tooEarly = {
  session: null,
  userErrors: [
    {
      code: 'TOO_MANY_ATTEMPTS',
      field: null,
      message: expect.stringMatching(/try again in (a second|\d+ seconds)\.$/) as string,
      retryAfterSeconds: expect.any(Number) as number,
    },
  ],
};

describe('failed logins', () => {
  it.each(['of an account', 'of nobody'])('%s are followed by a wait that says how long', async (whose) => {
    const email = whose === 'of nobody' ? `${randomUUID()}@example.com` : (await createAccount(users)).email;
    const input = { email: email ?? '' };
    const client = newClient();
    expect(await fail(3, input, client)).toEqual(Array(3).fill('INVALID_CREDENTIALS'));
    expect(await attempt({ ...input, password }, client)).toEqual(tooEarly);
    expect(await attempt({ email: input.email.toUpperCase(), password }, client)).toEqual(tooEarly);
    expect(await fail(1, input)).toEqual(['INVALID_CREDENTIALS']);
  });

  it('cost one comparison each, whether there is such an account or not, and none when they come too early', async () => {
    const account = await createAccount(users);
    const closed = await createAccount(users);
    await users.ask(administrator, DeactivateUserDocument, { input: { id: closed.id } });
    const connection = connectDatabase(database, createMetrics('test'), () => undefined);
    const hasher = await createPasswordHasher(4);
    const compared: string[] = [];
    const credentials = createCredentials({
      database: connection,
      passwordHashes: createPasswordRepository(connection),
      devices: createLoginDeviceRepository(connection),
      throttle: createLoginThrottle(createRateLimits({ logger: createLogger('test', 'silent') })),
      passwords: {
        ...hasher,
        verify(given, hash) {
          compared.push(given);
          return hasher.verify(given, hash);
        },
        verifyForStranger(given, hash) {
          compared.push(given);
          return hasher.verifyForStranger(given, hash);
        },
      },
    });
    try {
      for (const email of [account.email ?? '', closed.email ?? '', 'nobody@example.com', '\0', '']) {
        const { address } = newClient();
        const kinds: string[] = [];
        for (const guess of ['one', 'two', 'three', 'four']) {
          kinds.push((await credentials.check({ email, password: `${email} ${guess}` }, address)).kind);
        }
        expect(kinds).toEqual(['wrong', 'wrong', 'wrong', 'too-many-attempts']);
        expect(compared.splice(0)).toEqual(['one', 'two', 'three'].map((guess) => `${email} ${guess}`));
      }
    } finally {
      await hasher.close();
      await connection.$disconnect();
    }
  });

  it('of strangers everywhere make nobody wait who has logged in before', async () => {
    const { email } = await createAccount(users);
    const mine = newClient();
    const first = await attempt({ email: email ?? '', password }, mine);
    const deviceToken = first.session?.deviceToken;
    expect(deviceToken).toEqual(expect.any(String));
    for (let stranger = 0; stranger < 21; stranger += 1) await fail(1, { email: email ?? '' });
    expect(await attempt({ email: email ?? '', password })).toMatchObject({
      session: null,
      userErrors: [{ code: 'TOO_MANY_ATTEMPTS', retryAfterSeconds: 30 }],
    });
    for (const client of [mine, newClient()]) {
      const { session } = await attempt({ email: email ?? '', password, deviceToken }, client);
      expect(session?.deviceToken).toBe(deviceToken);
    }
  });
});

describe('a device token', () => {
  it('counts as none for another account, and where nobody knows it', async () => {
    const [mine, theirs] = [await createAccount(users), await createAccount(users)];
    const { session } = await attempt({ email: mine.email ?? '', password });
    for (const deviceToken of [session?.deviceToken, 'unknown', '\0', '\ud800']) {
      const client = newClient();
      await fail(3, { email: theirs.email ?? '' }, client);
      const answer = await attempt({ email: theirs.email ?? '', password, deviceToken }, client);
      expect(answer).toEqual(tooEarly);
    }
  });

  it('slows down who guesses with it', async () => {
    const { email } = await createAccount(users);
    const deviceToken = (await attempt({ email: email ?? '', password })).session?.deviceToken;
    const input = { email: email ?? '', deviceToken };
    expect(await fail(3, input)).toEqual(Array(3).fill('INVALID_CREDENTIALS'));
    expect(await attempt({ ...input, password })).toEqual(tooEarly);
    expect((await attempt({ email: email ?? '', password })).session).not.toBeNull();
  });

  it('is good until the password is reset, and is not kept as it is', async () => {
    const { email, id } = await createAccount(users);
    const deviceToken = (await attempt({ email: email ?? '', password })).session?.deviceToken ?? '';
    const kept = () =>
      runStatement(
        database,
        'SELECT row_to_json(login_devices)::text FROM login_devices WHERE user_id = $1',
        [id],
      );
    expect(await kept()).toHaveLength(1);
    expect(JSON.stringify(await kept())).not.toContain(deviceToken);
    const input = { id, newPassword: 'another good password' };
    await users.ask(administrator, ResetPasswordDocument, { input });
    expect(await kept()).toEqual([]);
    const answer = await attempt({ email: email ?? '', password: input.newPassword, deviceToken });
    expect(answer.session?.deviceToken).toEqual(expect.any(String));
    expect(answer.session?.deviceToken).not.toBe(deviceToken);
  });

  it('is forgotten, the one that was used least lately first, when there are more than fifty', async () => {
    const { email, id } = await createAccount(users);
    const deviceToken = (await attempt({ email: email ?? '', password })).session?.deviceToken;
    await runStatement(
      database,
      `INSERT INTO login_devices (token_hash, user_id, last_used_at)
       SELECT sha256($2::text::bytea || n::text::bytea), $1, now() + n * interval '1 second'
       FROM generate_series(1, 50) n`,
      [id, randomUUID()],
    );
    const later = (await attempt({ email: email ?? '', password })).session?.deviceToken;
    expect(later).not.toBe(deviceToken);
    const [row] = await runStatement(database, 'SELECT count(*)::int FROM login_devices WHERE user_id = $1', [
      id,
    ]);
    expect(row).toEqual({ count: 50 });
  });
});

describe('a password', () => {
  it('is the same, however a keyboard sends its letters', async () => {
    const { email } = await createAccount(users, { password: 'crème brûlée ｆｏｒ tea' });
    expect(await logIn(users, email, 'cre\u0300me bru\u0302le\u0301e for tea')).not.toBeNull();
    expect(await logIn(users, email, 'creme brulee for tea')).toBeNull();
  });

  it('is hashed anew, once, at the first login after the cost has risen, however many come at once', async () => {
    const { email, id } = await createAccount(users);
    const hash = async () => {
      const [row] = await runStatement(database, 'SELECT password_hash, version FROM users WHERE id = $1', [
        id,
      ]);
      return row;
    };
    expect(await hash()).toMatchObject({ password_hash: expect.stringMatching(/^\$2b\$04\$/) as string });
    await using costlier = await startUsers(database, { PASSWORD_HASH_COST: '5' });
    const sessions = await Promise.all(Array.from({ length: 6 }, () => logIn(costlier, email)));
    expect(sessions).not.toContain(null);
    const raised = await hash();
    expect(raised).toMatchObject({
      password_hash: expect.stringMatching(/^\$2b\$05\$/) as string,
      version: 2,
    });
    expect(await logIn(costlier, email)).not.toBeNull();
    expect(await logIn(users, email)).not.toBeNull();
    expect(await hash()).toEqual(raised);
  });

  it('cannot be guessed faster by who holds an access token', async () => {
    const account = await createAccount(users);
    const change = async (currentPassword: string) => {
      const input = { currentPassword, newPassword: 'another good password' };
      return (await users.ask(viewerOf(account), ChangePasswordDocument, { input })).data.changePassword;
    };
    for (const guess of ['one', 'two', 'three']) {
      expect((await change(guess)).userErrors).toMatchObject([{ code: 'INVALID_CREDENTIALS' }]);
    }
    expect((await change(password)).userErrors).toEqual([
      { code: 'TOO_MANY_ATTEMPTS', field: ['currentPassword'], retryAfterSeconds: 1 },
    ]);
    expect(await logIn(users, account.email)).not.toBeNull();
  });

  it('is refused when others would guess it, by whichever way it is given', async () => {
    const account = await createAccount(users, { firstName: 'Zenobia', lastName: 'Quartermaine' });
    const newPassword = 'Zenobia Quartermaine 7';
    const reset = { id: account.id, newPassword };
    const change = { currentPassword: password, newPassword };
    const refused = { user: null, userErrors: [{ code: 'INVALID_INPUT', field: ['newPassword'] }] };
    expect(
      (await users.ask(administrator, ResetPasswordDocument, { input: reset })).data.resetPassword,
    ).toMatchObject(refused);
    expect(
      (await users.ask(viewerOf(account), ChangePasswordDocument, { input: change })).data.changePassword,
    ).toMatchObject(refused);
    await expect(
      createAccount(users, { firstName: 'Zenobia', lastName: 'Quartermaine', password: newPassword }),
    ).rejects.toThrow('e-mail address');
  });

  it('may be shorter where a clinic says so', async () => {
    await using lenient = await startUsers(database, { PASSWORD_MIN_LENGTH: '8' });
    await expect(createAccount(lenient, { password: 'moonteap' })).resolves.toMatchObject({ isActive: true });
    await expect(createAccount(lenient, { password: 'sunshine' })).rejects.toThrow('tried first');
    await expect(createAccount(users, { password: 'moonteap' })).rejects.toThrow('at least 15 characters');
  });
});
