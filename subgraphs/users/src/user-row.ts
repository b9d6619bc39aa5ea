import { Prisma, type User as UserRow } from './generated/prisma/client.js';
import { roleMapping, type User } from './user.js';

/** A row of `users`, as a statement that selects `userColumns` returns it. */
export type SelectedUser = Omit<UserRow, 'passwordHash'>;

/** The columns of a `User`, under Prisma's names. */
export const userColumns = Prisma.sql`id, email, first_name AS "firstName", last_name AS "lastName", role,
  is_active AS "isActive", version, created_at AS "createdAt", updated_at AS "updatedAt"`;

/** The spec lets `is_active` be null, which means true. */
export function toUser(row: SelectedUser): User {
  return {
    id: row.id,
    email: row.email,
    firstName: row.firstName,
    lastName: row.lastName,
    role: roleMapping.fromColumn(row.role),
    isActive: row.isActive ?? true,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
  };
}
