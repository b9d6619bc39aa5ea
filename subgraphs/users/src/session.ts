import { defineEnumMapping } from '@caregraph/service-kit';
import type { SessionEndReason } from './generated/graphql.js';
import type { SessionHolder } from './session-events.js';
import type { User, UserError } from './user.js';

/** What of a session an access token is made for. */
export interface OpenSession {
  /** A UUID. */
  readonly id: string;
  /** Access tokens that name a smaller epoch than the session has are refused. */
  readonly epoch: number;
  /** When the session is over unless it is renewed before; no access token outlives this. */
  readonly renewableUntil: Date;
  readonly user: User;
}

/** A session, as its client sees it, and the viewer that its holder is. */
export interface Session {
  readonly viewer: SessionHolder;
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

/** `SessionEndReason` ↔ `sessions.end_reason`. */
export const endReasonMapping = defineEnumMapping({
  LOGOUT: 'logout',
  REVOKED: 'revoked',
  REPLAYED: 'replayed',
  PASSWORD_CHANGED: 'password-changed',
  PASSWORD_RESET: 'password-reset',
  DEACTIVATED: 'deactivated',
} satisfies Record<SessionEndReason, string>);

/** So many seconds after a time. */
export function later(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1_000);
}
