import type { ExecutionResult } from 'graphql';
import {
  NoAnswerError,
  postGraphql,
  type Fetch,
  type GraphqlExchange,
  type GraphqlRequest,
} from './graphql-request.js';
import {
  loginRequest,
  logoutRequest,
  readGrant,
  refreshRequest,
  type Grant,
  type GrantOrRefusal,
  type Viewer,
} from './session-operations.js';

/** Where the session stands; a notice says, for people, what has just happened to it. */
export type SessionState =
  | { readonly kind: 'resuming' }
  | { readonly kind: 'loggedIn'; readonly viewer: Viewer | null }
  | { readonly kind: 'loggedOut'; readonly notice: string | null };

/** What a session needs of its surroundings. */
export interface SessionSurroundings {
  readonly endpoint: string;
  readonly fetch: Fetch;
  /** Keeps the refresh token over a reload of the page; the access token is kept in memory only. */
  readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  /** Keeps device tokens, by e-mail, over sessions: with one, nobody else's failed logins slow this browser down. */
  readonly devices: Pick<Storage, 'getItem' | 'setItem'>;
  /** A clock that only goes forward, in milliseconds. */
  readonly now: () => number;
}

/** A viewer's login, under which requests are sent. */
export interface Session {
  readonly state: () => SessionState;
  /** Calls the listener after each change of the state, until the function that it returns is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Takes up the session that an earlier load of the page left in the storage, if any. */
  readonly resume: () => Promise<void>;
  /** Resolves to null on success, and otherwise to the reason, in words for people. */
  readonly logIn: (email: string, password: string) => Promise<string | null>;
  /** Forgets the tokens, and tells the server. */
  readonly logOut: () => Promise<void>;
  /**
   * Sends an operation with the access token, which is renewed when it is about to expire or is refused. Headers
   * that are given come on top; with `authorization` among them, they replace the session. Throws `NoAnswerError`.
   */
  readonly execute: (
    request: GraphqlRequest,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<ExecutionResult>;
}

interface Tokens extends Pick<Grant, 'accessToken' | 'refreshToken'> {
  /** When the access token is to be renewed, on the surroundings' clock. */
  readonly renewAt: number;
}

const storageKey = 'caregraph:refresh-token';
const deviceKey = (email: string): string => `caregraph:device-token:${email.trim().toLowerCase()}`;
/** How long before its end an access token is renewed, in milliseconds. */
const renewalMargin = 30_000;
const sessionEnded = 'Your session has ended. Log in again.';

/** Begins without a login: `resume` or `logIn` comes next. */
export function createSession({ endpoint, fetch, storage, devices, now }: SessionSurroundings): Session {
  const listeners = new Set<() => void>();
  let state: SessionState =
    storage.getItem(storageKey) === null ? { kind: 'loggedOut', notice: null } : { kind: 'resuming' };
  let tokens: Tokens | null = null;
  let renewal: Promise<void> | null = null;

  const enter = (next: SessionState): void => {
    state = next;
    for (const listener of listeners) listener();
  };
  const accept = ({ accessToken, refreshToken, lifetime, viewer }: Grant): void => {
    tokens = { accessToken, refreshToken, renewAt: now() + lifetime - renewalMargin };
    storage.setItem(storageKey, refreshToken);
    const known = viewer ?? (state.kind === 'loggedIn' ? state.viewer : null);
    enter({ kind: 'loggedIn', viewer: known });
  };
  const end = (notice: string | null): void => {
    tokens = null;
    storage.removeItem(storageKey);
    enter({ kind: 'loggedOut', notice });
  };
  const ask = async (request: GraphqlRequest): Promise<GrantOrRefusal> =>
    readGrant(await postGraphql(fetch, endpoint, request, {}));

  /** Gets new tokens, or ends the session. A refresh token serves once, so that all who wait share one renewal. */
  const renew = (refreshToken: string): Promise<void> => {
    renewal ??= ask(refreshRequest(refreshToken))
      .then((outcome) => {
        if ('grant' in outcome) accept(outcome.grant);
        else end(sessionEnded);
      })
      .finally(() => {
        renewal = null;
      });
    return renewal;
  };
  /** Without a renewal the old token is tried: it may serve a little longer, or the server says why not. */
  const renewIfDue = async (): Promise<void> => {
    const due = renewal ?? (tokens !== null && now() >= tokens.renewAt ? renew(tokens.refreshToken) : null);
    await due?.catch(() => undefined);
  };
  /** Resolves to whether the server knows that the session is over. */
  const revoke = async ({ accessToken, refreshToken, renewAt }: Tokens): Promise<boolean> => {
    const outcome = now() < renewAt ? { grant: { accessToken } } : await ask(refreshRequest(refreshToken));
    if ('refusal' in outcome) return true;
    const { answer } = await postGraphql(fetch, endpoint, logoutRequest(), bearer(outcome.grant));
    return answer.errors === undefined;
  };

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async resume() {
      const refreshToken = storage.getItem(storageKey);
      if (refreshToken === null) return;
      await renew(refreshToken).catch((error: unknown) => {
        // The token stays in the storage: the session may well be there when the page is loaded again.
        enter({ kind: 'loggedOut', notice: reasonOf(error) });
      });
    },
    async logIn(email, password) {
      try {
        const key = deviceKey(email);
        const outcome = await ask(loginRequest(email, password, devices.getItem(key)));
        if ('refusal' in outcome) return outcome.refusal;
        if (outcome.grant.deviceToken !== null) devices.setItem(key, outcome.grant.deviceToken);
        accept(outcome.grant);
        return null;
      } catch (error) {
        return reasonOf(error);
      }
    },
    async logOut() {
      // A renewal that is under way would bring the session back to life.
      await renewal?.catch(() => undefined);
      const ended = tokens;
      if (ended === null) return;
      end(null);
      const told = await revoke(ended).catch(() => false);
      if (told || tokens !== null) return;
      enter({ kind: 'loggedOut', notice: 'You are logged out here, but the server could not be told.' });
    },
    async execute(request, headers = {}) {
      const send = (own: Readonly<Record<string, string>>): Promise<GraphqlExchange> =>
        postGraphql(fetch, endpoint, request, { ...own, ...headers });
      const replaced = Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
      if (replaced) return (await send({})).answer;
      await renewIfDue();
      const sent = tokens;
      const { answer, unauthenticated } = await send(bearer(sent));
      if (sent === null || !unauthenticated) return answer;
      // Another request may have had the token renewed in the meantime.
      if (tokens === sent) await renew(sent.refreshToken);
      return tokens === null ? answer : (await send(bearer(tokens))).answer;
    },
  };
}

function bearer(tokens: Pick<Tokens, 'accessToken'> | null): Readonly<Record<string, string>> {
  return tokens === null ? {} : { authorization: `Bearer ${tokens.accessToken}` };
}

function reasonOf(error: unknown): string {
  if (error instanceof NoAnswerError) return error.message;
  throw error;
}
