import type { Connection } from '@caregraph/service-kit';
import type { SessionEndReason, UserServiceErrorCode } from './generated/graphql.js';
import type { UserError } from './user.js';

/** A login as people see it. */
export interface UserSession {
  /** A UUID. */
  readonly id: string;
  readonly userId: number;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** When it is over unless it is renewed before. */
  readonly expiresAt: Date;
  readonly endedAt: Date | null;
  readonly endReason: SessionEndReason | null;
  readonly address: string | null;
  readonly userAgent: string | null;
}

export type UserSessionConnection = Connection<UserSession>;

/** What revoking a session answers: the session, or why not. */
export interface RevocationOutcome {
  readonly userSession: UserSession | null;
  readonly userErrors: readonly UserError[];
}

/** What revoking all sessions of a user answers: how many that ended, or why not. */
export interface RevocationsOutcome {
  readonly revokedCount: number | null;
  readonly userErrors: readonly UserError[];
}

/** A refusal that concerns one field of the input. */
export function notFound(message: string, field: string): { userErrors: readonly UserError[] } {
  const code: UserServiceErrorCode = 'NOT_FOUND';
  return { userErrors: [{ code, message, field: [field] }] };
}
