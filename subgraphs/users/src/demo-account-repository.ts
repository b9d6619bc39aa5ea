import type { Database } from './database.js';

/** A password hash, and the addresses of the accounts that have it. */
export interface SharedPassword {
  readonly passwordHash: string;
  readonly emails: readonly string[];
}

/** Reads what accounts of the demo are known by. */
export type DemoAccountRepository = ReturnType<typeof createDemoAccountRepository>;

export function createDemoAccountRepository(database: Database) {
  return {
    /** The hashes of active accounts that several share, or that one of these addresses (in lower case) has. */
    findSuspects: (addresses: readonly string[]): Promise<SharedPassword[]> => database.$queryRaw`
      SELECT password_hash AS "passwordHash", array_agg(email ORDER BY id) AS emails
      FROM users WHERE is_active IS NOT FALSE
      GROUP BY password_hash
      HAVING count(*) > 1 OR bool_or(lower(email) = ANY(${[...addresses]}))`,
  };
}
