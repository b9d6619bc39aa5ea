import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CreateUserDocument, LogInDocument, RefreshSessionDocument } from '../generated/operations.js';
import { createGraphqlClient } from './platform/graphql-client.js';
import { startGatewayProcess } from './platform/gateway-process.js';
import type { LogLine } from './platform/node-process.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { connectRows, insertUser } from './platform/rows.js';

const refused = { status: 429, errors: [{ extensions: { code: 'RATE_LIMITED' } }] };

/** Says for how many seconds a refusal wants to be left alone. */
function retryAfter(headers: Headers): number {
  return Number(headers.get('retry-after'));
}

describe('the limits of requests', () => {
  let platform: PlatformProcesses;

  beforeAll(async () => {
    platform = await startPlatformProcesses({
      RATE_LIMIT_PER_ACCOUNT: '5',
      LOGIN_LIMIT_PER_ADDRESS: '4',
      TRUST_PROXY: 'loopback',
    });
  });
  afterAll(() => platform[Symbol.asyncDispose]());

  it('refuse what an account asks beyond them, and nobody else', async () => {
    await using rows = await connectRows(platform.databases.users.databaseUrl);
    const [one, other] = [
      await insertUser(rows, 'DOCTOR', 'Maya', 'Chen'),
      await insertUser(rows, 'NURSE', 'Noor', 'Haddad'),
    ];
    const me = async (user: typeof one) =>
      platform.query('{ me { id } }', { token: await platform.token(user) });
    for (let request = 0; request < 5; request += 1) {
      expect(await me(one)).toMatchObject({ status: 200, data: { me: { id: String(one.id) } } });
    }
    const answer = await me(one);
    expect(answer).toMatchObject(refused);
    expect(answer.data).toBeUndefined();
    expect(retryAfter(answer.headers)).toBeGreaterThan(0);
    expect(retryAfter(answer.headers)).toBeLessThanOrEqual(60);
    expect(await me(other)).toMatchObject({ status: 200, data: { me: { id: String(other.id) } } });
    expect((await platform.query('{ __typename }')).status).toBe(200);
  });

  it('count every alias of a login, and carry out nothing of an operation that goes beyond', async () => {
    const login = '(input: { email: "nobody@clinic.example", password: "any" }) { userErrors { code } }';
    const [a, b] = await Promise.all([
      platform.query(`mutation { a: login${login} b: login${login} c: login${login} }`),
      platform.query('{ __typename }'),
    ]);
    expect([a.status, b.status]).toEqual([200, 200]);
    const before = await platform.dataStatements();
    const answer = await platform.query(
      `mutation { ...Both } fragment Both on Mutation { a: login${login} ... @skip(if: true) { b: login${login} } }`,
    );
    expect(answer).toMatchObject(refused);
    expect(answer.data ?? null).toBeNull();
    expect(retryAfter(answer.headers)).toBeGreaterThan(0);
    expect(await platform.dataStatements()).toEqual(before);
    expect((await platform.query('{ __typename }')).status).toBe(200);
  });

  it('shut nobody out whose address a stranger shares: sessions go on, and known devices log in', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.7' };
    await using rows = await connectRows(platform.databases.users.databaseUrl);
    const administrator = await insertUser(rows, 'ADMIN', 'Root', 'Ng');
    const account = { email: 'shared@clinic.example', password: 'behind one address' };
    await platform.send(
      CreateUserDocument,
      { input: { ...account, firstName: 'Maya', lastName: 'Chen', role: 'DOCTOR' } },
      { token: await platform.token(administrator) },
    );
    const first = await platform.send(LogInDocument, { input: account }, { headers });
    const { refreshToken = '', deviceToken = '' } = first.data?.login.session ?? {};

    const guess = { input: { email: 'stranger@clinic.example', password: 'a guess' } };
    const guesses = [1, 2, 3, 4].map(() => platform.send(LogInDocument, guess, { headers }));
    expect((await Promise.all(guesses)).map(({ status }) => status)).toContain(429);

    const refreshed = await platform.send(RefreshSessionDocument, { input: { refreshToken } }, { headers });
    expect(refreshed.data?.refreshSession.session).not.toBeNull();
    const again = await platform.send(LogInDocument, { input: { ...account, deviceToken } }, { headers });
    expect(again.data?.login.session).not.toBeNull();
    expect(await platform.send(LogInDocument, { input: account }, { headers })).toMatchObject(refused);
  });

  it('count the logins with one device token as well', async () => {
    const headers = { 'x-forwarded-for': '203.0.113.8' };
    const input = { email: 'nobody@clinic.example', password: 'any', deviceToken: 'made up' };
    const answers = await Promise.all(
      [1, 2, 3, 4, 5].map(() => platform.send(LogInDocument, { input }, { headers })),
    );
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(1);
  });
});

describe('the limit of an address', () => {
  it('refuses before anything is read, and leaves the rest of the gateway alone', async () => {
    await using gateway = await startGatewayProcess({ RATE_LIMIT_PER_ADDRESS: '3' });
    const client = createGraphqlClient(`${gateway.url}/graphql`);
    for (let request = 0; request < 3; request += 1) {
      expect((await client.query('{ __typename }')).status).toBe(200);
    }
    const answer = await client.query('not even GraphQL');
    expect(answer).toMatchObject(refused);
    expect(retryAfter(answer.headers)).toBeGreaterThan(0);
    const [live, preflight] = await Promise.all([
      fetch(`${gateway.url}/health/live`),
      fetch(`${gateway.url}/`),
    ]);
    expect(live.status).toBe(200);
    expect(preflight.status).toBe(429);
  });

  it('goes by the /64 and by what trusted proxies say', async () => {
    await using gateway = await startGatewayProcess({ RATE_LIMIT_PER_ADDRESS: '1', TRUST_PROXY: 'loopback' });
    const client = createGraphqlClient(`${gateway.url}/graphql`);
    const from = async (address: string) =>
      (await client.query('{ __typename }', { headers: { 'x-forwarded-for': address } })).status;
    expect(await from('2001:db8::1')).toBe(200);
    expect(await from('2001:db8::2')).toBe(429);
    expect(await from('2001:db8:0:1::2')).toBe(200);
    expect(await from('203.0.113.1')).toBe(200);
    expect(await from('203.0.113.1')).toBe(429);
  });

  it('warns once when a proxy that is not trusted makes all its clients one', async () => {
    await using gateway = await startGatewayProcess({ RATE_LIMIT_PER_ADDRESS: '2' });
    const client = createGraphqlClient(`${gateway.url}/graphql`);
    const statuses: number[] = [];
    for (const address of ['203.0.113.1', '203.0.113.2', '203.0.113.3']) {
      const headers = { 'x-forwarded-for': address };
      statuses.push((await client.query('{ __typename }', { headers })).status);
    }
    expect(statuses).toEqual([200, 200, 429]);
    const isWarning = ({ msg }: LogLine): boolean => String(msg).includes('TRUST_PROXY');
    expect(await gateway.line(isWarning)).toMatchObject({ address: '127.0.0.1' });
    expect(gateway.lines.filter(isWarning)).toHaveLength(1);
  });
});
