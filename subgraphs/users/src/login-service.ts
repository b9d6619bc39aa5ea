import type { AuditRecorder } from '@caregraph/audit-trail';
import type { Client } from '@caregraph/service-kit';
import { randomUUID } from 'node:crypto';
import { issueSession, type AccessTokens } from './access-tokens.js';
import type { Config } from './config.js';
import { createCredentials, type CredentialsDependencies, type LoginAccount } from './credentials.js';
import { actingAs, transact } from './database.js';
import type { LoginInput } from './generated/graphql.js';
import { createRefreshToken, hashRefreshToken } from './refresh-token.js';
import { loggedIn, loginFailed, type LoginFailure } from './session-events.js';
import type { SessionRepository } from './session-repository.js';
import { later, type SessionOutcome } from './session.js';
import { tooManyAttempts } from './user.js';

/** Begins sessions. */
export type LoginService = ReturnType<typeof createLoginService>;

interface Dependencies extends CredentialsDependencies {
  readonly audit: AuditRecorder;
  readonly config: Config;
  readonly sessions: SessionRepository;
  readonly tokens: AccessTokens;
}

export function createLoginService(dependencies: Dependencies) {
  const { config, database, audit, sessions, tokens } = dependencies;
  const credentials = createCredentials(dependencies);

  /** Null when the account no longer has the password that was compared, or is closed. */
  async function create(account: LoginAccount, client: Client) {
    const now = new Date();
    const refreshToken = createRefreshToken();
    const { userId, passwordHash, role } = account;
    const holder = { kind: 'user', id: userId, role, sessionId: randomUUID() } as const;
    const actor = actingAs(audit, holder);
    const session = await transact(database, actor, (transaction) =>
      sessions.create(transaction, {
        ...{ id: holder.sessionId, userId, passwordHash, client },
        refreshTokenHash: hashRefreshToken(refreshToken),
        expiresAt: later(now, config.SESSION_SECONDS),
        renewableUntil: later(now, config.SESSION_IDLE_SECONDS),
      }),
    );
    return session === null ? null : { account, actor, session, refreshToken };
  }

  async function createAgain(input: LoginInput, before: LoginAccount, client: Client) {
    const account = await credentials.checkAgain(input, before);
    return account === null ? null : create(account, client);
  }

  function noteFailedLogin({ email }: LoginInput, code: LoginFailure, userId: number | null = null): void {
    audit.note(loginFailed(code, audit.pseudonym(email.toLowerCase()), userId));
  }

  return {
    /**
     * `Credentials` says what an attempt costs, and that it tells nothing about accounts: neither does its entry, which
     * is one whatever comes of it.
     */
    async login(input: LoginInput, client: Client): Promise<SessionOutcome> {
      const checked = await credentials.check(input, client.address);
      switch (checked.kind) {
        case 'too-many-attempts':
          noteFailedLogin(input, 'TOO_MANY_ATTEMPTS');
          return { session: null, userErrors: [tooManyAttempts(checked.retryAfterSeconds)] };
        case 'wrong':
          noteFailedLogin(input, checked.isClosed ? 'ACCOUNT_CLOSED' : 'INVALID_CREDENTIALS', checked.userId);
          return invalidCredentials;
        case 'right': {
          const { account, accept } = checked;
          const opened = (await create(account, client)) ?? (await createAgain(input, account, client));
          if (opened === null) {
            noteFailedLogin(input, 'INVALID_CREDENTIALS', account.userId);
            return invalidCredentials;
          }
          const deviceToken = await accept(opened.account, opened.actor);
          const session = await issueSession(tokens, opened.session, opened.refreshToken, deviceToken);
          audit.note(loggedIn(session.viewer));
          return { session, userErrors: [] };
        }
      }
    },
  };
}

const invalidCredentials: SessionOutcome = {
  session: null,
  userErrors: [
    { code: 'INVALID_CREDENTIALS', message: 'E-mail and password do not belong together.', field: null },
  ],
};
