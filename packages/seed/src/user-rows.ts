import { mailboxName, randomName } from './names.js';
import { createRandom } from './random.js';
import { dayLength, timestamp, type TableRows } from './table-rows.js';

/** What `users.role` holds. */
export type UserRole = 'admin' | 'doctor' | 'nurse' | 'staff';

/** An account before it becomes a row. */
export interface UserRecord {
  readonly id: number;
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly role: UserRole;
}

/** The doctors, then the front desk, of a large data set: `doctors` and `staff` say how many. */
export function userRecords(plan: {
  readonly seed: string;
  readonly firstId: number;
  readonly doctors: number;
  readonly staff: number;
}): UserRecord[] {
  const random = createRandom(`${plan.seed}/users`);
  return Array.from({ length: plan.doctors + plan.staff }, (_, index) => {
    const id = plan.firstId + index;
    const name = randomName(random, random.chance(0.5) ? 'female' : 'male');
    const role = index < plan.doctors ? 'doctor' : 'staff';
    return { id, ...name, role, email: `${mailboxName(name)}.${id}@clinic.example` };
  });
}

/** The rows of `users` for these accounts, which all have the same password. */
export function userRows(
  records: readonly UserRecord[],
  { passwordHash, today }: { readonly passwordHash: string; readonly today: number },
): TableRows {
  const createdAt = timestamp(today - 3 * 365 * dayLength);
  return {
    table: 'users',
    columns: [
      ...['id', 'email', 'password_hash', 'first_name', 'last_name', 'role'],
      ...['is_active', 'created_at', 'updated_at'],
    ],
    count: records.length,
    rows: records.map(({ id, email, firstName, lastName, role }) => [
      ...[id, email, passwordHash, firstName, lastName, role],
      ...[true, createdAt, createdAt],
    ]),
  };
}
