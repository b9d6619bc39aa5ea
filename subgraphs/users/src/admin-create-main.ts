import { actAsService } from '@caregraph/audit-trail';
import { createMetrics, StartupError } from '@caregraph/service-kit';
import { createAdministrator, readAdministrator } from './admin-create.js';
import { loadAdminConfig } from './config.js';
import { connectDatabase } from './database.js';
import { createPasswordHasher } from './password-hasher.js';
import { createPasswordRules } from './password-rules.js';
import { createNewPasswordInputs } from './user-input.js';
import { createUserRepository } from './user-repository.js';

try {
  const config = loadAdminConfig(process.env);
  const input = await readAdministrator(process.argv.slice(2), config.ADMIN_PASSWORD);
  const inputs = createNewPasswordInputs(await createPasswordRules(config.PASSWORD_MIN_LENGTH));
  const actor = actAsService('users', config.AUDIT_KEYS_FILE);
  const passwords = await createPasswordHasher(config.PASSWORD_HASH_COST);
  const database = connectDatabase(config.USERS_DATABASE_URL, createMetrics('admin-create'), (error) => {
    console.error(error.message);
  });
  try {
    const outcome = await createAdministrator(
      { database, actor, users: createUserRepository(database), passwords, inputs },
      input,
    );
    for (const problem of outcome.problems) console.error(problem);
    if (outcome.user === null) process.exitCode = 1;
    else console.log(`Created the administrator ${outcome.user.email}.`);
  } finally {
    await database.$disconnect();
    await passwords.close();
  }
} catch (error) {
  console.error(explain(error));
  process.exitCode = 1;
}

/** What a person can mend is told in a sentence, which a stack would hide. */
function explain(error: unknown): unknown {
  if (error instanceof StartupError) return error.message;
  if (!(error instanceof Error)) return error;
  if (error.message.includes('42P01')) return 'The database has no tables yet; run npm run db:migrate first.';
  const [reason] = /^.*(reach database|ECONNREFUSED|Authentication failed|TLS connection|28000).*$/m.exec(
    error.message,
  ) ?? [null];
  return reason === null
    ? error
    : `The database cannot be connected to; look at USERS_DATABASE_URL. ${reason}`;
}
