import { defineEnumMapping } from '@caregraph/service-kit';
import type { SessionEndReason } from './generated/graphql.js';
import type { User } from './user.js';

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

/** `SessionEndReason` ↔ `sessions.end_reason`. */
export const endReasonMapping = defineEnumMapping({
  LOGOUT: 'logout',
  REVOKED: 'revoked',
  REPLAYED: 'replayed',
  PASSWORD_CHANGED: 'password-changed',
  PASSWORD_RESET: 'password-reset',
  DEACTIVATED: 'deactivated',
} satisfies Record<SessionEndReason, string>);
