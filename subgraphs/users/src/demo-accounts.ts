import { StartupError } from '@caregraph/service-kit';
import type { DemoAccountRepository, SharedPassword } from './demo-account-repository.js';
import { demoEmails, demoPassword } from './demo-logins.js';
import type { PasswordHasher } from './password-hasher.js';

/**
 * Makes sure that nobody can log in with the password that the README prints. Looked at are the demo's addresses and,
 * because a real hash has a salt of its own, whoever shares a hash with others, as made-up accounts do. Throws a
 * `StartupError` that names the accounts, or says that the database cannot be asked.
 */
export async function refuseDemoAccounts(
  accounts: DemoAccountRepository,
  passwords: PasswordHasher,
): Promise<void> {
  const open: string[] = [];
  for (const { passwordHash, emails } of await findSuspects(accounts)) {
    if (await passwords.verify(demoPassword, passwordHash)) open.push(...emails);
  }
  if (open.length === 0) return;
  const named = open.slice(0, 4).join(', ') + (open.length > 4 ? ` and ${open.length - 4} more` : '');
  throw new StartupError(
    `The password of the demo opens ${named}. In production, deactivate these accounts or give them other ` +
      'passwords; or set ALLOW_DEMO_ACCOUNTS=true.',
  );
}

async function findSuspects(accounts: DemoAccountRepository): Promise<readonly SharedPassword[]> {
  try {
    return await accounts.findSuspects(demoEmails);
  } catch (error) {
    // Prisma's messages end with the reason.
    const reason = (error instanceof Error ? error.message : String(error)).trim().split('\n').at(-1) ?? '';
    throw new StartupError(`Whether the demo's accounts are still open cannot be found out: ${reason}`, {
      cause: error,
    });
  }
}
