import { defineEnumMapping, type Connection, type Role } from '@caregraph/service-kit';
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
