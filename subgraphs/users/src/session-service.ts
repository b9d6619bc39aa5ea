import type { CallContext, Client, Logger, Metrics, Viewer } from '@caregraph/service-kit';
import type { AccessTokens } from './access-tokens.js';
import type { Config } from './config.js';
import { createCredentials, type CredentialsDependencies } from './credentials.js';
import type { LoginInput, LogoutInput, RefreshSessionInput } from './generated/graphql.js';
import type { ProvenAccount } from './password-repository.js';
import { createRefreshToken, hashRefreshToken } from './refresh-token.js';
import type { SessionRenewalRepository } from './session-renewal-repository.js';
import type { SessionRepository } from './session-repository.js';
import type { OpenSession } from './session.js';
import { tooManyAttempts, type User, type UserError } from './user.js';
import type { UserRepository } from './user-repository.js';

/** A session, as its client sees it, and the viewer that its holder is. */
export interface Session {
  readonly viewer: Viewer;
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly deviceToken: string | null;
  readonly expiresAt: Date;
  readonly user: User;
}

/** What a login or a refresh answers. */
export interface SessionOutcome {
  readonly session: Session | null;
  readonly userErrors: readonly UserError[];
}

/** Login, refresh and logout. */
export type SessionService = ReturnType<typeof createSessionService>;

interface Dependencies extends CredentialsDependencies {
  readonly config: Config;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly renewal: SessionRenewalRepository;
  readonly tokens: AccessTokens;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export function createSessionService(dependencies: Dependencies) {
  const { config, users, sessions, renewal, tokens, logger, metrics } = dependencies;
  const credentials = createCredentials(dependencies);

  async function open(
    session: OpenSession,
    refreshToken: string,
    deviceToken: string | null = null,
  ): Promise<SessionOutcome> {
    const { token, expiresAt } = await tokens.issue(session);
    const { id: sessionId, user } = session;
    const viewer: Viewer = { kind: 'user', id: user.id, role: user.role, sessionId };
    return {
      session: { viewer, accessToken: token, refreshToken, deviceToken, expiresAt, user },
      userErrors: [],
    };
  }

  /** Null when the account no longer has the password that was compared, or is closed. */
  async function create(account: ProvenAccount, client: Client) {
    const now = new Date();
    const refreshToken = createRefreshToken();
    const session = await sessions.create({
      ...account,
      client,
      refreshTokenHash: hashRefreshToken(refreshToken),
      expiresAt: later(now, config.SESSION_SECONDS),
      renewableUntil: later(now, config.SESSION_IDLE_SECONDS),
    });
    return session === null ? null : { account, session, refreshToken };
  }

  async function createAgain(input: LoginInput, before: ProvenAccount, client: Client) {
    const account = await credentials.checkAgain(input, before);
    return account === null ? null : create(account, client);
  }

  return {
    /** `Credentials` says what an attempt costs, and that it tells nothing about accounts. */
    async login(input: LoginInput, client: Client): Promise<SessionOutcome> {
      const checked = await credentials.check(input, client.address);
      switch (checked.kind) {
        case 'too-many-attempts':
          return { session: null, userErrors: [tooManyAttempts(checked.retryAfterSeconds)] };
        case 'wrong':
          return invalidCredentials;
        case 'right': {
          const { account, accept } = checked;
          const opened = (await create(account, client)) ?? (await createAgain(input, account, client));
          if (opened === null) return invalidCredentials;
          return open(opened.session, opened.refreshToken, await accept(opened.account));
        }
      }
    },

    /** A replay is told to whoever looks after the platform's security, without the token. */
    async refresh(
      input: RefreshSessionInput,
      { client, requestId }: Pick<CallContext, 'client' | 'requestId'>,
    ): Promise<SessionOutcome> {
      const now = new Date();
      const renewed = await renewal.renew(input.refreshToken, {
        now,
        renewableUntil: later(now, config.SESSION_IDLE_SECONDS),
        grace: config.REFRESH_GRACE_SECONDS * 1_000,
        client,
      });
      switch (renewed.kind) {
        case 'refused':
          return invalidRefreshToken;
        case 'replayed': {
          const { sessionId, userId } = renewed;
          metrics.countSecurityAlert('refresh_token_replayed');
          logger.warn(
            { securityAlert: 'refresh_token_replayed', sessionId, userId, client, requestId },
            'a used refresh token came again; its session has ended',
          );
          return invalidRefreshToken;
        }
        case 'renewed': {
          const { userId, refreshToken, ...session } = renewed.session;
          const [user] = await users.findMany([userId]);
          return user?.isActive === true ? open({ ...session, user }, refreshToken) : invalidRefreshToken;
        }
      }
    },

    /** Ends the session of the refresh token, if it is the viewer's; without one, that of the access token. */
    async logout(viewer: Viewer, { refreshToken }: LogoutInput): Promise<{ userErrors: UserError[] }> {
      const now = new Date();
      if (viewer.kind === 'user') {
        if (refreshToken == null) await sessions.end(viewer.sessionId, 'LOGOUT', now);
        else await sessions.endByToken(viewer.id, hashRefreshToken(refreshToken), 'LOGOUT', now);
      }
      return { userErrors: [] };
    },
  };
}

const invalidCredentials: SessionOutcome = {
  session: null,
  userErrors: [
    { code: 'INVALID_CREDENTIALS', message: 'E-mail and password do not belong together.', field: null },
  ],
};

const invalidRefreshToken: SessionOutcome = {
  session: null,
  userErrors: [
    {
      code: 'INVALID_REFRESH_TOKEN',
      message: 'The session has ended; log in again.',
      field: ['refreshToken'],
    },
  ],
};

function later(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1_000);
}
