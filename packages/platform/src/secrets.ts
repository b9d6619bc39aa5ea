import { createWhole, type RolePasswords, type ServiceName } from '@caregraph/postgres';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';

const passwords = z.object({ owner: z.string(), runtime: z.string() });
const schema = z.object({
  contextSecret: z.string(),
  passwords: z.object({ users: passwords, patients: passwords, appointments: passwords }),
});

/** What this installation keeps to itself, beside the keys of its access tokens. */
export interface Secrets {
  /** Signs the contexts that the gateway and the services send each other. */
  contextSecret: string;
  passwords: Record<ServiceName, RolePasswords>;
}

/** The file that holds the secrets of a data directory. */
export function secretsFile(dataDirectory: string): string {
  return path.join(dataDirectory, 'secrets.json');
}

/** The secrets kept in `dataDirectory`, generated on first use into a file that only its owner can read. */
export async function loadSecrets(dataDirectory: string): Promise<Secrets> {
  const file = secretsFile(dataDirectory);
  if (!existsSync(file)) {
    await mkdir(dataDirectory, { recursive: true });
    // Should another command be first, its secrets are the ones that are read below.
    await createWhole(file, `${JSON.stringify(generateSecrets(), undefined, 2)}\n`);
  }
  return schema.parse(JSON.parse(await readFile(file, 'utf8')));
}

function generateSecrets(): Secrets {
  const password = (): string => randomBytes(24).toString('base64url');
  const roles = (): RolePasswords => ({ owner: password(), runtime: password() });
  return {
    contextSecret: randomBytes(48).toString('base64url'),
    passwords: { users: roles(), patients: roles(), appointments: roles() },
  };
}
