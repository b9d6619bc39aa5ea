import { StartupError } from '@caregraph/service-kit';
import type { DemoAccountRepository, SharedPassword } from './demo-account-repository.js';
import { demoEmails, demoPassword } from './demo-logins.js';
import type { PasswordHasher } from './password-hasher.js';

/** How many accounts are told by name: all of the demo's, and not all that somebody may have made up. */
const namedAtMost = 20;

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
  const rest = open.length - namedAtMost;
  const named = open.slice(0, namedAtMost).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
  throw new StartupError(
    [
      `In production nobody may log in with the demo's password, which opens ${named}.`,
      'To begin without them: npm run reset, NODE_ENV=production npm start, then npm run admin:create.',
      'To keep the data: start without NODE_ENV=production, give these accounts other passwords, and start again.',
      'For a public demonstration: set ALLOW_DEMO_ACCOUNTS=true.',
    ].join('\n'),
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
