import { expect, it } from 'vitest';
import { createScratchDatabase, type ScratchDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { LoginDocument, RefreshSessionDocument } from './generated/operations.js';
import { anonymous, createAccount, newClient, password, startUsers } from './users-service.js';

const ourFault = [
  { message: 'Something went wrong on our side.', extensions: { code: 'INTERNAL_SERVER_ERROR' } },
];

async function begin(database: ScratchDatabase) {
  const users = await startUsers(database.databaseUrl);
  const { email } = await createAccount(users);
  const [{ role } = { role: '' }] = await runStatement<{ role: string }>(
    database.databaseUrl,
    'SELECT quote_ident(current_user) AS role',
  );
  return {
    users,
    logIn: (secret: string) =>
      users.ask(anonymous, LoginDocument, { input: { email: email ?? '', password: secret } }, newClient()),
    refresh: (refreshToken: string | undefined) =>
      users.ask(anonymous, RefreshSessionDocument, { input: { refreshToken: refreshToken ?? '' } }),
    alter: (statement: string) => runStatement(database.superuserUrl, `${statement} ${role}`),
    [Symbol.asyncDispose]: () => users[Symbol.asyncDispose](),
  };
}

it('gives out no token, nor whether a password is right, while its entry cannot be written', async () => {
  await using database = await createScratchDatabase('users');
  await using service = await begin(database);
  const { data } = await service.logIn(password);
  const refreshToken = data.login.session?.refreshToken;
  expect(refreshToken).toEqual(expect.any(String));

  await service.alter('REVOKE INSERT ON audit_entries FROM');
  const answers = [
    await service.logIn(password),
    await service.logIn('wrong'),
    await service.refresh(refreshToken),
    await service.refresh('unknown'),
  ];
  for (const answer of answers) expect(answer).toEqual({ errors: ourFault });

  await service.alter('GRANT INSERT ON audit_entries TO');
  expect((await service.logIn(password)).data.login.session?.accessToken).toEqual(expect.any(String));
  expect((await service.logIn('wrong')).data.login.userErrors).toMatchObject([
    { code: 'INVALID_CREDENTIALS' },
  ]);
  const renewed = await service.refresh(refreshToken);
  expect(renewed.data.refreshSession.session?.refreshToken).toEqual(expect.any(String));
});

it('begins no session whose beginning cannot be recorded', async () => {
  await using database = await createScratchDatabase('users');
  await using service = await begin(database);
  await runStatement(
    database.superuserUrl,
    "ALTER TABLE audit_entries ADD CONSTRAINT nothing_new CHECK (source <> 'trigger') NOT VALID",
  );
  expect(await service.logIn(password)).toMatchObject({ data: null, errors: ourFault });
  const sessions = await runStatement(database.databaseUrl, 'SELECT FROM sessions');
  expect(sessions).toEqual([]);
});
