import type { AuditRecorder } from '@caregraph/audit-trail';
import type { CallContext, Logger, Metrics, Viewer } from '@caregraph/service-kit';
import { issueSession, type AccessTokens } from './access-tokens.js';
import type { Config } from './config.js';
import { transact, type Database } from './database.js';
import type { LogoutInput, RefreshSessionInput } from './generated/graphql.js';
import { hashRefreshToken } from './refresh-token.js';
import { loggedOut, refreshed, refreshFailed, replayed } from './session-events.js';
import type { SessionRenewalRepository } from './session-renewal-repository.js';
import type { SessionRepository } from './session-repository.js';
import { later, type SessionOutcome } from './session.js';
import type { UserError } from './user.js';

/** Refresh and logout. */
export type SessionService = ReturnType<typeof createSessionService>;

interface Dependencies {
  readonly database: Database;
  readonly config: Config;
  readonly audit: AuditRecorder;
  readonly sessions: SessionRepository;
  readonly renewal: SessionRenewalRepository;
  readonly tokens: AccessTokens;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export function createSessionService(dependencies: Dependencies) {
  const { config, database, audit, sessions, renewal, tokens, logger, metrics } = dependencies;

  return {
    /** A replay is told to whoever looks after the platform's security, without the token. */
    async refresh(
      input: RefreshSessionInput,
      { client, requestId }: Pick<CallContext, 'client' | 'requestId'>,
    ): Promise<SessionOutcome> {
      const now = new Date();
      const renewableUntil = later(now, config.SESSION_IDLE_SECONDS);
      const grace = config.REFRESH_GRACE_SECONDS * 1_000;
      const terms = { now, renewableUntil, grace, client };
      const renewed = await renewal.renew(input.refreshToken, terms, audit);
      switch (renewed.kind) {
        case 'unknown':
          audit.note(refreshFailed('UNKNOWN_TOKEN', null));
          return invalidRefreshToken;
        case 'over':
          audit.note(refreshFailed('SESSION_OVER', renewed.sessionId));
          return invalidRefreshToken;
        case 'replayed': {
          const { sessionId, userId } = renewed;
          audit.note(refreshFailed('TOKEN_REPLAYED', sessionId));
          audit.note(replayed(userId));
          metrics.countSecurityAlert('refresh_token_replayed');
          logger.warn(
            { securityAlert: 'refresh_token_replayed', sessionId, userId, client, requestId },
            'a used refresh token came again; its session is over',
          );
          return invalidRefreshToken;
        }
        case 'renewed': {
          const session = await issueSession(tokens, renewed.session, renewed.session.refreshToken);
          audit.note(refreshed(session.viewer));
          return { session, userErrors: [] };
        }
      }
    },

    /** Ends the session of the refresh token, if it is the viewer's; without one, that of the access token. */
    async logout(viewer: Viewer, { refreshToken }: LogoutInput): Promise<{ userErrors: UserError[] }> {
      if (viewer.kind !== 'user') return { userErrors: [] };
      const { id: userId, sessionId } = viewer;
      const now = new Date();
      const ended = await transact(database, audit, async (transaction) => {
        if (refreshToken != null) {
          return sessions.endByToken(transaction, userId, hashRefreshToken(refreshToken), 'LOGOUT', now);
        }
        return (await sessions.end(transaction, sessionId, 'LOGOUT', now)) ? sessionId : null;
      });
      audit.note(loggedOut(ended));
      return { userErrors: [] };
    },
  };
}

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
