import { findFreePort } from '@caregraph/postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ChangePasswordDocument } from './generated/operations.js';
import {
  createAccount,
  logIn,
  password,
  refresh,
  startUsers,
  viewerOfToken,
  type UsersService,
} from './users-service.js';

let users: UsersService;
let metricsPort: number;

beforeAll(async () => {
  metricsPort = await findFreePort();
  users = await startUsers(undefined, { METRICS_PORT: String(metricsPort) });
});
afterAll(() => users[Symbol.asyncDispose]());

/** How many statements the service sent to its database while `work` was under way: for data, and for the trail. */
async function statementsOf(work: () => Promise<unknown>) {
  const count = async () => {
    const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
    const kind = (name: string): number =>
      Number(
        new RegExp(`^caregraph_sql_statements_total\\{kind="${name}".*\\} (\\d+)$`, 'm').exec(metrics)?.[1],
      );
    return { data: kind('data'), audit: kind('audit') };
  };
  const before = await count();
  await work();
  const after = await count();
  return { data: after.data - before.data, audit: after.audit - before.audit };
}

describe('the number of statements', () => {
  it('of a login is five, and of a failed one one, and one for the entry of either', async () => {
    const { email } = await createAccount(users);
    await logIn(users, email);
    expect(await statementsOf(() => logIn(users, email))).toEqual({ data: 5, audit: 1 });
    expect(await statementsOf(() => logIn(users, email, 'wrong'))).toEqual({ data: 1, audit: 1 });
    expect(await statementsOf(() => logIn(users, 'nobody@clinic.example'))).toEqual({ data: 1, audit: 1 });
  });

  it('of a refresh is four, and one for its entry', async () => {
    const { email } = await createAccount(users);
    const session = await logIn(users, email);
    expect(await statementsOf(() => refresh(users, session?.refreshToken))).toEqual({ data: 4, audit: 1 });
  });

  it('of a new password is as many for many sessions as for one', async () => {
    const count = async (others: number) => {
      const { email } = await createAccount(users);
      const viewer = await viewerOfToken(users, (await logIn(users, email))?.accessToken);
      for (let session = 0; session < others; session += 1) await logIn(users, email);
      const input = { currentPassword: password, newPassword: 'another good password' };
      return statementsOf(() => users.ask(viewer, ChangePasswordDocument, { input }));
    };
    const [one, many] = [await count(1), await count(5)];
    expect(many).toEqual(one);
    expect(one.audit).toBe(1);
  });
});
