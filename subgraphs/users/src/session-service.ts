import { fault, type Viewer } from '@caregraph/service-kit';
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
  /** When a refresh token that is issued now expires: with the session at the latest. */
  const refreshExpiry = (now: Date, sessionExpiry: Date): Date =>
    new Date(Math.min(now.getTime() + config.SESSION_IDLE_SECONDS * 1_000, sessionExpiry.getTime()));

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
      const sessionExpiry = new Date(now.getTime() + config.SESSION_SECONDS * 1_000);
      const refreshToken = createRefreshToken();
      const { user, passwordHash } = account;
      const sessionId = await sessions.create({ userId: user.id, passwordHash }, sessionExpiry, {
        hash: hashToken(refreshToken),
        expiresAt: refreshExpiry(now, sessionExpiry),
      });
      return sessionId === null ? invalidCredentials : open(user, sessionId, refreshToken);
    },

    /** RFC 9700, section 4.14.2: each refresh token serves once, and the replay of a used one ends the session. */
    async refresh(input: RefreshSessionInput): Promise<SessionOutcome> {
      const now = new Date();
      const used = await sessions.useToken(hashToken(input.refreshToken), now);
      if (used === null || used === 'replayed') return invalidRefreshToken;
      const [user] = await users.findMany([used.userId]);
      if (user?.isActive !== true) return invalidRefreshToken;
      const refreshToken = createRefreshToken();
      await sessions.addToken(used.sessionId, {
        hash: hashToken(refreshToken),
        expiresAt: refreshExpiry(now, used.expiresAt),
      });
      return open(user, used.sessionId, refreshToken);
    },

    /** Ends the session of the refresh token, or of the access token when there is none. */
    async logout(viewer: Viewer, { refreshToken }: LogoutInput): Promise<{ userErrors: UserError[] }> {
      const now = new Date();
      if (refreshToken != null) await sessions.endByToken(hashToken(refreshToken), 'logout', now);
      else if (viewer.kind === 'user') await sessions.end(viewer.sessionId, 'logout', now);
      else throw fault('UNAUTHENTICATED', 'A logout needs an access token or a refresh token.');
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

/** 256 random bits: nothing to guess, so a plain hash of it can be kept. */
function createRefreshToken(): string {
  return randomBytes(32).toString('base64url');
}

function hashToken(token: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(createHash('sha256').update(token).digest());
}
