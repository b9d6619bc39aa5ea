import { defineEnumMapping, type Connection, type InputProblem, type Role } from '@caregraph/service-kit';
import type { UserServiceErrorCode } from './generated/graphql.js';

/** A row of the spec's `users`, without its password hash. */
export interface User {
  readonly id: number;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly role: Role;
  readonly isActive: boolean;
  readonly version: number;
  readonly createdAt: Date | null;
  readonly updatedAt: Date | null;
}

export type UserConnection = Connection<User>;

/** What a mutation of a user answers: the user, or why not. */
export interface UserOutcome {
  readonly user: User | null;
  readonly userErrors: readonly UserError[];
}

/** A reason why a request was not carried out. */
export interface UserError {
  readonly code: UserServiceErrorCode;
  readonly message: string;
  readonly field: readonly string[] | null;
  /** For what may be tried again later; absent where time changes nothing. */
  readonly retryAfterSeconds?: number;
}

/** `Role` ↔ `users.role`. */
export const roleMapping = defineEnumMapping({
  ADMIN: 'admin',
  DOCTOR: 'doctor',
  NURSE: 'nurse',
  STAFF: 'staff',
});

/** A user's given and family name. */
export function fullName(user: User): string {
  return `${user.firstName} ${user.lastName}`;
}

/** The outcome of what was not carried out, for one reason. */
export function refused(
  code: UserServiceErrorCode,
  message: string,
  field: readonly string[] | null,
): UserOutcome {
  return { user: null, userErrors: [{ code, message, field }] };
}

/** The outcome of what was not carried out because of its input. */
export function invalid(problems: readonly InputProblem[]): UserOutcome {
  return { user: null, userErrors: problems };
}

/** Refuses an attempt that comes too early after failed ones. */
export function tooManyAttempts(
  retryAfterSeconds: number,
  field: readonly string[] | null = null,
): UserError {
  const wait = retryAfterSeconds === 1 ? 'a second' : `${retryAfterSeconds} seconds`;
  return {
    code: 'TOO_MANY_ATTEMPTS',
    message: `There were too many failed attempts; try again in ${wait}.`,
    field,
    retryAfterSeconds,
  };
}
