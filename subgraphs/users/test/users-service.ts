import { randomInt, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createLogger,
  createServiceClient,
  type Client,
  type Principal,
  type Role,
  type Viewer,
} from '@caregraph/service-kit';
import { loadConfig, startServer } from '@caregraph/users-subgraph';
import { createKeySet, writeKeySet } from '@caregraph/users-subgraph/access-token-key-set';
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import { keySettings, sharedDatabase } from '../../../test/cluster.js';
import {
  contextSecret,
  createSubgraphClient,
  userViewer,
  type SubgraphClient,
} from '../../../test/subgraph-client.js';
import {
  CreateUserDocument,
  LoginDocument,
  RefreshSessionDocument,
  type AccountFieldsFragment,
  type CreateUserInput,
  type LoginMutation,
} from './generated/operations.js';

/** Nobody in particular. */
export const anonymous: Viewer = { kind: 'anonymous' };
/** An administrator whose account is in no database: for what asks for the role alone. */
export const administrator = userViewer('ADMIN');
/** The password of all accounts that `createAccount` makes. */
export const password = 'correct horse battery staple';

/** A client of the users service, and where its keys are. */
export interface UsersService extends SubgraphClient {
  readonly keysUrl: string;
  /** Sessions whose tokens were revoked, with the smallest epoch that is good, as a process is told. */
  revoked(reader?: Principal): Promise<ReadonlyMap<string, number | null>>;
}

/** The service, in this process, over a database: by default the one that all tests share. */
export async function startUsers(
  databaseUrl = sharedDatabase('users').databaseUrl,
  settings: Readonly<Record<string, string>> = {},
): Promise<UsersService> {
  const folder = await mkdtemp(join(tmpdir(), 'caregraph-users-'));
  const keysFile = join(folder, 'keys.json');
  await writeKeySet(keysFile, await createKeySet(new Date()));
  const config = loadConfig({
    USERS_DATABASE_URL: databaseUrl,
    SERVICE_CONTEXT_SECRET: contextSecret,
    ...keySettings(),
    ACCESS_TOKEN_KEYS_FILE: keysFile,
    PASSWORD_HASH_COST: '4',
    USERS_PORT: '0',
    LOG_LEVEL: 'silent',
    ...settings,
  });
  const server = await startServer(config, createLogger('users', 'silent'));
  const client = createSubgraphClient('users', server.port);
  return {
    ...client,
    async revoked(reader = 'gateway') {
      const client = createServiceClient({
        service: 'users',
        url: `http://127.0.0.1:${server.port}/graphql`,
        issuer: reader,
        secret: contextSecret,
        timeout: 30_000,
      });
      const answer = await client.read('/access-tokens').finally(() => client.close());
      if (answer === 'unchanged') throw new Error('No earlier answer was named.');
      return new Map((answer.document as { revoked: [string, number | null][] }).revoked);
    },
    keysUrl: `http://127.0.0.1:${server.port}/.well-known/jwks.json`,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** An account that breaks no rule, with an e-mail address that no other test has. */
export function newAccount(overrides: Partial<CreateUserInput> = {}): CreateUserInput {
  return {
    email: `${randomUUID()}@example.com`,
    password,
    firstName: 'Ada',
    lastName: 'Lovelace',
    role: 'DOCTOR',
    ...overrides,
  };
}

/** Creates an account, which must succeed. */
export async function createAccount(
  users: SubgraphClient,
  overrides: Partial<CreateUserInput> = {},
): Promise<AccountFieldsFragment> {
  const input = newAccount(overrides);
  const { data } = await users.ask(administrator, CreateUserDocument, { input });
  if (data.createUser.user === null) throw new Error(JSON.stringify(data.createUser.userErrors));
  return data.createUser.user;
}

/** The viewer that the holder of an account is, without having logged in. */
export function viewerOf({ id, role }: AccountFieldsFragment): Viewer {
  return userViewer(role, Number(id));
}

/** Logs in; null when that was refused. */
export async function logIn(
  users: SubgraphClient,
  email: string | null,
  secret = password,
): Promise<LoginMutation['login']['session']> {
  const input = { email: email ?? '', password: secret };
  return (await users.ask(anonymous, LoginDocument, { input }, newClient())).data.login.session;
}

/** A client in a network of its own, whose failures are counted with those of no other. */
export function newClient(): Client {
  const groups = Array.from({ length: 2 }, () => randomInt(65_536).toString(16));
  return { address: `2001:db8:${groups.join(':')}::1`, userAgent: null };
}

/** What exchanging a refresh token answers. */
export async function renew(users: SubgraphClient, refreshToken: string | undefined) {
  const input = { refreshToken: refreshToken ?? '' };
  return (await users.ask(anonymous, RefreshSessionDocument, { input })).data.refreshSession;
}

/** Exchanges a refresh token: the next one, or the code of the refusal. */
export async function refresh(users: SubgraphClient, refreshToken: string | undefined) {
  const { session, userErrors } = await renew(users, refreshToken);
  return session?.refreshToken ?? userErrors.map(({ code }) => code).join();
}

/** The claims of an access token; throws when the service's published keys do not verify it. */
export async function claimsOf(users: UsersService, accessToken: string | undefined) {
  const keys = (await (await fetch(users.keysUrl)).json()) as JSONWebKeySet;
  const { payload } = await jwtVerify<{ role: Role; sid: string; session_epoch: number; exp: number }>(
    accessToken ?? '',
    createLocalJWKSet(keys),
    { issuer: 'caregraph', audience: 'caregraph', typ: 'at+jwt', algorithms: ['EdDSA'] },
  );
  return payload;
}

/** The viewer that an access token stands for. */
export async function viewerOfToken(users: UsersService, accessToken: string | undefined) {
  const { sub, role, sid } = await claimsOf(users, accessToken);
  return { kind: 'user', id: Number(sub), role, sessionId: sid } as const satisfies Viewer;
}
