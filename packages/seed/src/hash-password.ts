import { createPasswordHasher } from '@caregraph/users-subgraph/password-hasher';

/** Hashes one password as the users service does; `cost` is bcrypt's. */
export async function hashPassword(password: string, cost: number): Promise<string> {
  const hasher = await createPasswordHasher(cost);
  try {
    return await hasher.hash(password);
  } finally {
    await hasher.close();
  }
}
