import { describe, expect, it } from 'vitest';
import type { Fetch } from './graphql-request.js';
import { createSession, type Session } from './session.js';

const me = { query: '{ me { id } }' };
const storageKey = 'caregraph:refresh-token';

describe('a session', () => {
  it('sends the access token of the login with every request, and keeps it out of the storage', async () => {
    const { session, server, stored } = setUp();
    expect(await session.logIn('doctor@hospital.com', 'right')).toBeNull();
    expect(session.state()).toEqual({ kind: 'loggedIn', viewer: { fullName: 'Maya Chen', role: 'DOCTOR' } });
    await session.execute(me, { 'x-request': '1' });
    expect(server.requests.at(-1)).toMatchObject({
      query: me.query,
      headers: { authorization: 'Bearer access-1', 'x-request': '1' },
    });
    expect([...stored]).toEqual([[storageKey, 'refresh-1']]);
  });

  it('shows at the next login to the same account that this browser has logged in before', async () => {
    const { session, server, stored, devices } = setUp();
    const lastInput = () => server.requests.at(-1)?.variables?.input;
    await session.logIn('doctor@hospital.com', 'right');
    expect(lastInput()).not.toHaveProperty('deviceToken');
    await session.logOut();
    expect(stored.size).toBe(0);
    expect([...devices]).toEqual([['caregraph:device-token:doctor@hospital.com', 'device-1']]);

    await session.logIn(' Doctor@hospital.com', 'wrong');
    expect(lastInput()).toMatchObject({ deviceToken: 'device-1' });
    await session.logIn('nurse@hospital.com', 'right');
    expect(lastInput()).not.toHaveProperty('deviceToken');
    await session.logIn('doctor@hospital.com', 'right');
    expect(lastInput()).toMatchObject({ deviceToken: 'device-1' });
    expect(devices.get('caregraph:device-token:doctor@hospital.com')).toBe('device-3');
  });

  it('says why a login was refused', async () => {
    const { session } = setUp();
    expect(await session.logIn('doctor@hospital.com', 'wrong')).toBe(
      'E-mail and password do not belong together.',
    );
    expect(session.state().kind).toBe('loggedOut');
  });

  it.each<[string, Fetch, RegExp]>([
    ['cannot be reached', () => Promise.reject(new TypeError('Failed to fetch')), /cannot be reached/],
    ['answers without GraphQL', () => Promise.resolve(new Response('<h1>', { status: 502 })), /status 502/],
    [
      'fails',
      () => Promise.resolve(Response.json({ errors: [{ message: 'The users service is unavailable.' }] })),
      /could not answer: The users service is unavailable/,
    ],
  ])('says so when the server %s', async (_what, fetch, reason) => {
    const session = createSession({
      endpoint: '/graphql',
      fetch,
      storage: storageOver(new Map()),
      devices: storageOver(new Map()),
      now: () => 0,
    });
    expect(await session.logIn('doctor@hospital.com', 'right')).toMatch(reason);
  });

  it('renews the access token before it expires, once for all requests that wait', async () => {
    const { session, server, clock, stored } = setUp();
    await session.logIn('doctor@hospital.com', 'right');
    clock.now = 271_000;
    await Promise.all([session.execute(me), session.execute(me)]);
    expect(server.operations()).toEqual(['Login', 'RefreshSession', undefined, undefined]);
    expect(server.requests.at(-1)?.headers).toMatchObject({ authorization: 'Bearer access-2' });
    expect(stored.get(storageKey)).toBe('refresh-2');
  });

  it('goes by the clock of the server', async () => {
    const { session, server, clock } = setUp({ serverAheadBy: 24 * 60 * 60 * 1000 });
    await session.logIn('doctor@hospital.com', 'right');
    clock.now = 269_000;
    await session.execute(me);
    expect(server.operations()).toEqual(['Login', undefined]);
  });

  it('renews an access token that is refused, and sends the request again', async () => {
    const { session, server } = setUp();
    await session.logIn('doctor@hospital.com', 'right');
    server.refuse('access-1');
    expect(await session.execute(me)).toEqual({ data: { me: { id: '2' } } });
    expect(server.operations()).toEqual(['Login', undefined, 'RefreshSession', undefined]);
  });

  it('ends when it cannot be renewed', async () => {
    const { session, server, stored } = setUp();
    await session.logIn('doctor@hospital.com', 'right');
    server.refuse('access-1');
    server.refuse('refresh-1');
    expect(await session.execute(me)).toMatchObject({
      errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
    });
    expect(session.state()).toEqual({ kind: 'loggedOut', notice: 'Your session has ended. Log in again.' });
    expect(stored.size).toBe(0);
  });

  it('is taken up again after a reload, before anything else is sent', async () => {
    const { session, server } = setUp({ refreshToken: 'refresh-0' });
    expect(session.state().kind).toBe('resuming');
    await Promise.all([session.resume(), session.execute(me)]);
    expect(session.state()).toMatchObject({ kind: 'loggedIn', viewer: { fullName: 'Maya Chen' } });
    expect(server.operations()).toEqual(['RefreshSession', undefined]);
    expect(server.requests.at(-1)?.headers).toMatchObject({ authorization: 'Bearer access-1' });
  });

  it('tells the server when it is over, and forgets its tokens', async () => {
    const { session, server, stored } = setUp();
    await session.logIn('doctor@hospital.com', 'right');
    await session.logOut();
    expect(session.state()).toEqual({ kind: 'loggedOut', notice: null });
    expect(stored.size).toBe(0);
    expect(server.operations()).toEqual(['Login', 'Logout']);
    expect(server.requests.at(-1)?.headers).toMatchObject({ authorization: 'Bearer access-1' });
    await session.execute(me);
    expect(server.requests.at(-1)?.headers).not.toHaveProperty('authorization');
  });

  it('says so when the server could not be told that it is over', async () => {
    const { session, server } = setUp();
    await session.logIn('doctor@hospital.com', 'right');
    server.refuse('access-1');
    await session.logOut();
    expect(session.state()).toMatchObject({
      kind: 'loggedOut',
      notice: 'You are logged out here, but the server could not be told.',
    });
  });

  it('gives way to an authorization header of the request', async () => {
    const { session, server } = setUp();
    await session.logIn('doctor@hospital.com', 'right');
    await session.execute(me, { Authorization: 'Bearer other' });
    expect(server.requests.at(-1)?.headers).toMatchObject({ Authorization: 'Bearer other' });
    expect(server.operations()).toEqual(['Login', undefined]);
  });
});

interface SentRequest {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: { readonly input: Readonly<Record<string, string>> };
  readonly headers: unknown;
}

function setUp({ serverAheadBy = 0, refreshToken = '' } = {}): {
  session: Session;
  server: ReturnType<typeof createServer>;
  clock: { now: number };
  stored: Map<string, string>;
  devices: Map<string, string>;
} {
  const stored = new Map(refreshToken === '' ? [] : [[storageKey, refreshToken]]);
  const devices = new Map<string, string>();
  const clock = { now: 0 };
  const server = createServer(serverAheadBy);
  const surroundings = {
    endpoint: '/graphql',
    fetch: server.fetch,
    storage: storageOver(stored),
    devices: storageOver(devices),
    now: () => clock.now,
  };
  return { session: createSession(surroundings), server, clock, stored, devices };
}

function storageOver(stored: Map<string, string>): Pick<Storage, 'getItem' | 'setItem' | 'removeItem'> {
  return {
    getItem: (key) => stored.get(key) ?? null,
    setItem: (key, value) => void stored.set(key, value),
    removeItem: (key) => void stored.delete(key),
  };
}

/** A server whose access tokens serve for five minutes, and that counts its tokens. */
function createServer(aheadBy: number): {
  readonly requests: readonly SentRequest[];
  readonly operations: () => (string | undefined)[];
  readonly refuse: (token: string) => void;
  readonly fetch: Fetch;
} {
  const requests: SentRequest[] = [];
  const serverNow = Date.UTC(2026, 2, 2) + aheadBy;
  const refused = new Set<string>();
  let grants = 0;
  const grant = (): object => {
    grants += 1;
    return {
      session: {
        accessToken: `access-${grants}`,
        refreshToken: `refresh-${grants}`,
        deviceToken: `device-${grants}`,
        expiresAt: new Date(serverNow + 300_000).toISOString(),
        user: { fullName: 'Maya Chen', role: 'DOCTOR' },
      },
      userErrors: [],
    };
  };
  const refusal = (code: string, message: string): object => ({
    session: null,
    userErrors: [{ code, message }],
  });
  const unauthenticated = {
    data: null,
    errors: [{ message: 'Log in first.', extensions: { code: 'UNAUTHENTICATED' } }],
  };
  const answer = ({ operationName, variables, headers }: SentRequest): object => {
    const input = variables?.input;
    if (operationName === 'Login') {
      const right = input?.['password'] === 'right';
      const reason = 'E-mail and password do not belong together.';
      return { data: { login: right ? grant() : refusal('INVALID_CREDENTIALS', reason) } };
    }
    if (operationName === 'RefreshSession') {
      const known = !refused.has(input?.['refreshToken'] ?? '');
      return {
        data: { refreshSession: known ? grant() : refusal('INVALID_REFRESH_TOKEN', 'It is not known.') },
      };
    }
    const token = [...refused].find((each) => JSON.stringify(headers).includes(each));
    if (token !== undefined) return unauthenticated;
    return { data: operationName === 'Logout' ? { logout: { userErrors: [] } } : { me: { id: '2' } } };
  };
  return {
    requests,
    operations: () => requests.map(({ operationName }) => operationName),
    refuse: (token) => void refused.add(token),
    fetch: (_url, { headers, body }) => {
      const request = { ...(JSON.parse(body) as Omit<SentRequest, 'headers'>), headers };
      requests.push(request);
      return Promise.resolve(
        Response.json(answer(request), { headers: { date: new Date(serverNow).toUTCString() } }),
      );
    },
  };
}
