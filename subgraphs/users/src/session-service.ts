import type { Viewer } from '@caregraph/service-kit';
import { createHash, randomBytes } from 'node:crypto';
import type { AccessTokens } from './access-tokens.js';
import type { Config } from './config.js';
import type { LoginInput, LogoutInput, RefreshSessionInput } from './generated/graphql.js';
import type { PasswordHasher } from './password-hasher.js';
import type { SessionRepository } from './session-repository.js';
import type { User, UserError } from './user.js';
import type { UserRepository } from './user-repository.js';

/** A session, as its client sees it, and the viewer that its holder is. */
export interface Session {
  readonly viewer: Viewer;
  readonly accessToken: string;
  readonly refreshToken: string;
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

interface Dependencies {
  readonly config: Config;
  readonly users: UserRepository;
  readonly sessions: SessionRepository;
  readonly passwords: PasswordHasher;
  readonly tokens: AccessTokens;
}

export function createSessionService({ config, users, sessions, passwords, tokens }: Dependencies) {
  /** A refresh token that is issued now: for the client, and as it is kept. */
  function createRefreshToken(now: Date): { token: string; hash: Uint8Array<ArrayBuffer>; expiresAt: Date } {
    // 256 random bits: nothing to guess, so a plain hash of it can be kept.
    const token = randomBytes(32).toString('base64url');
    return { token, hash: hashToken(token), expiresAt: later(now, config.SESSION_IDLE_SECONDS) };
  }

  async function open(user: User, sessionId: string, refreshToken: string): Promise<SessionOutcome> {
    const { token, expiresAt } = await tokens.issue(user, sessionId);
    const viewer: Viewer = { kind: 'user', id: user.id, role: user.role, sessionId };
    return { session: { viewer, accessToken: token, refreshToken, expiresAt, user }, userErrors: [] };
  }

  return {
    /** An address that is unknown costs the same one comparison as a wrong password, and answers the same. */
    async login({ email, password }: LoginInput): Promise<SessionOutcome> {
      const account = email.includes('\0') ? null : await users.findByEmail(email.toWellFormed());
      const matches =
        account === null
          ? await passwords.verifyNothing(password)
          : await passwords.verify(password, account.passwordHash);
      if (account === null || !matches || !account.user.isActive) return invalidCredentials;
      const now = new Date();
      const { user, passwordHash } = account;
      const refreshToken = createRefreshToken(now);
      const sessionId = await sessions.create(
        { userId: user.id, passwordHash },
        later(now, config.SESSION_SECONDS),
        refreshToken,
      );
      return sessionId === null ? invalidCredentials : open(user, sessionId, refreshToken.token);
    },

    /** RFC 9700, section 4.14.2: each refresh token serves once, and the replay of a used one ends the session. */
    async refresh(input: RefreshSessionInput): Promise<SessionOutcome> {
      const now = new Date();
      const next = createRefreshToken(now);
      const rotated = await sessions.rotate(hashToken(input.refreshToken), next, now);
      if (rotated === null) return invalidRefreshToken;
      const [user] = await users.findMany([rotated.userId]);
      return user?.isActive === true ? open(user, rotated.sessionId, next.token) : invalidRefreshToken;
    },

    /** Ends the session of the refresh token, if it is the viewer's; without one, that of the access token. */
    async logout(viewer: Viewer, { refreshToken }: LogoutInput): Promise<{ userErrors: UserError[] }> {
      const now = new Date();
      if (viewer.kind === 'user') {
        if (refreshToken == null) await sessions.end(viewer.sessionId, 'logout', now);
        else await sessions.endByToken(viewer.id, hashToken(refreshToken), 'logout', now);
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

function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
