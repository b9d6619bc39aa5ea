import { actAsService } from '@caregraph/audit-trail';
import { createMetrics } from '@caregraph/service-kit';
import { createPasswordHasher } from '@caregraph/users-subgraph/password-hasher';
import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createScratchDatabase, keySettings } from '../../../test/cluster.js';
import { createAdministrator } from '../src/admin-create.js';
import { runStatement } from '../../../test/held-lock.js';
import { connectDatabase } from '../src/database.js';
import { createPasswordRules } from '../src/password-rules.js';
import { createNewPasswordInputs } from '../src/user-input.js';
import { createUserRepository } from '../src/user-repository.js';
import { logIn, password, startUsers } from './users-service.js';

it('creates the first administrator with a password that keeps the rules, and no second one', async () => {
  await using scratch = await createScratchDatabase('users');
  const database = connectDatabase(scratch.databaseUrl, createMetrics('test'), () => undefined);
  const actor = actAsService('users', keySettings()['AUDIT_KEYS_FILE'] ?? '');
  const passwords = await createPasswordHasher(4);
  const users = createUserRepository(database);
  const inputs = createNewPasswordInputs(await createPasswordRules(15));
  const email = `${randomUUID()}@example.com`;
  const create = (given: string) =>
    createAdministrator(
      { database, actor, users, passwords, inputs },
      { email, firstName: 'Wilhelmina', lastName: 'Featherstone', password: given },
    );
  try {
    for (const [weak, problem] of [
      ['short', 'password must have at least 15 characters.'],
      ['passwordpassword', /^password is one of the passwords that are tried first/],
      ['wilhelmina featherstone', /^password says little besides the name/],
    ] as const) {
      const { user, problems } = await create(weak);
      expect(user).toBeNull();
      expect(problems).toEqual([expect.stringMatching(problem)]);
    }
    expect(await create(password)).toMatchObject({ user: { email, role: 'ADMIN' }, problems: [] });
    expect((await create(password)).problems).toEqual([expect.stringContaining('There is an administrator')]);
    const recorded = await runStatement(
      scratch.databaseUrl,
      `SELECT action, record_type, actor_kind, actor_name, attestation IS NOT NULL AS is_attested FROM audit_entries`,
    );
    expect(recorded).toEqual([
      {
        action: 'create',
        record_type: 'users',
        actor_kind: 'service',
        actor_name: 'users',
        is_attested: true,
      },
    ]);
    await using service = await startUsers(scratch.databaseUrl);
    expect(await logIn(service, email)).not.toBeNull();
  } finally {
    await passwords.close();
    await database.$disconnect();
  }
});
