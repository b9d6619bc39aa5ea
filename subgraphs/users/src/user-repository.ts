import { countLimit, type PageRequest, type Role } from '@caregraph/service-kit';
import type { Database, Transaction } from './database.js';
import { Prisma, type User as UserRow } from './generated/prisma/client.js';
import { roleMapping, type User } from './user.js';
import { toUser, userColumns } from './user-row.js';

/** The sort key of the list of users. */
export type UserKey = readonly [lastName: string, firstName: string, id: number];

/** Which users a list holds; a null or absent condition holds for every user. */
export interface UserConditions {
  readonly role: Role | null;
  readonly isActive: boolean | null;
  readonly search: Search | null;
}

/** Words to search for. Whoever may not see addresses must not find out by searching either. */
export interface Search {
  readonly words: string;
  readonly within: 'names' | 'names-and-emails';
}

/** A new account. */
export type NewUser = Pick<User, 'email' | 'firstName' | 'lastName' | 'role'> & {
  readonly passwordHash: string;
};

/** The columns that can be changed; those that are undefined stay as they are. */
export type UserChanges = {
  readonly [Column in 'isActive' | keyof NewUser]?: (User & NewUser)[Column] | undefined;
};

/** The only place that knows how users are kept. */
export type UserRepository = ReturnType<typeof createUserRepository>;

export function createUserRepository(database: Database) {
  return {
    /** The users with these ids, in the same order; null where there is none. */
    async findMany(ids: readonly number[]): Promise<(User | null)[]> {
      const rows = await database.$queryRaw<UserRow[]>`
        SELECT ${userColumns} FROM users WHERE id = ANY(${[...ids]}::integer[])`;
      const users = new Map(rows.map((row) => [row.id, toUser(row)]));
      return ids.map((id) => users.get(id) ?? null);
    },

    /** One row more than the page, so that the caller sees whether another page follows. */
    async list(conditions: UserConditions, page: PageRequest<UserKey>): Promise<User[]> {
      const after =
        page.after === null
          ? Prisma.empty
          : Prisma.sql`AND (last_name, first_name, id) > (${Prisma.join([...page.after])})`;
      const rows = await database.$queryRaw<UserRow[]>`
        SELECT ${userColumns} FROM users WHERE ${where(conditions)} ${after}
        ORDER BY last_name, first_name, id LIMIT ${page.first + 1}`;
      return rows.map(toUser);
    },

    /** How many users meet the conditions; null when there are too many to count cheaply. */
    async count(conditions: UserConditions): Promise<number | null> {
      const [row] = await database.$queryRaw<{ count: number }[]>`
        SELECT count(*)::integer AS count
        FROM (SELECT 1 FROM users WHERE ${where(conditions)} LIMIT ${countLimit + 1}) AS counted`;
      return row === undefined || row.count > countLimit ? null : row.count;
    },

    /** Null when another account has the address. */
    async create(transaction: Transaction, user: NewUser): Promise<User | null> {
      return unlessEmailTaken(async () =>
        toUser(await transaction.user.create({ data: { ...user, role: roleMapping.toColumn(user.role) } })),
      );
    },

    /**
     * Changes a user whose version is `version` (null: whatever it is). Null when there is none such, or, for a new
     * address, `'email-taken'`.
     */
    async update(
      transaction: Transaction,
      id: number,
      version: number | null,
      { role, ...changes }: UserChanges,
    ): Promise<User | 'email-taken' | null> {
      const outcome = await unlessEmailTaken(() =>
        transaction.user.updateManyAndReturn({
          where: { id, ...(version !== null && { version }) },
          data: { ...changes, ...(role !== undefined && { role: roleMapping.toColumn(role) }) },
        }),
      );
      if (outcome === null) return 'email-taken';
      const [row] = outcome;
      return row === undefined ? null : toUser(row);
    },

    /** The role of a user, which nobody else can change until the transaction ends; null when there is none such. */
    async lockRole(transaction: Transaction, id: number): Promise<Role | null> {
      const [row] = await transaction.$queryRaw<{ role: string }[]>`
        SELECT role FROM users WHERE id = ${id} FOR UPDATE`;
      return row === undefined ? null : roleMapping.fromColumn(row.role);
    },

    /** The active administrators; nobody else can add or take one away until the transaction ends. */
    async lockAdministrators(transaction: Transaction): Promise<number[]> {
      await transaction.$executeRaw`SELECT pg_advisory_xact_lock(${administratorsLock})`;
      const rows = await transaction.$queryRaw<{ id: number }[]>`
        SELECT id FROM users WHERE role = 'admin' AND is_active IS NOT FALSE ORDER BY id`;
      return rows.map(({ id }) => id);
    },
  };
}

/** Identifies the lock that changes of who is an administrator take; any number that nothing else uses. */
const administratorsLock = 7_001;

function where({ role, isActive, search }: UserConditions): Prisma.Sql {
  const conditions = [
    ...(role === null ? [] : [Prisma.sql`role = ${roleMapping.toColumn(role)}`]),
    ...(isActive === null
      ? []
      : [isActive ? Prisma.sql`is_active IS NOT FALSE` : Prisma.sql`is_active = false`]),
    ...(search === null ? [] : [matches(search)]),
  ];
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' AND ');
}

/** The whole vector is what the index holds; in it names have the weight A, and e-mail addresses B. */
function matches({ words, within }: Search): Prisma.Sql {
  const anywhere = Prisma.sql`search_vector @@ search_query(${words}, true)`;
  return within === 'names-and-emails'
    ? anywhere
    : Prisma.sql`${anywhere} AND ts_filter(search_vector, '{a}') @@ search_query(${words}, true)`;
}

async function unlessEmailTaken<Result>(write: () => Promise<Result>): Promise<Result | null> {
  try {
    return await write();
  } catch (error) {
    if (error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002') return null;
    throw error;
  }
}
