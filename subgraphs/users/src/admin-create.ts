import { StartupError, validate } from '@caregraph/service-kit';
import { createInterface } from 'node:readline/promises';
import { parseArgs } from 'node:util';
import { Writable } from 'node:stream';
import { transact, type Actor, type Database } from './database.js';
import type { PasswordHasher } from './password-hasher.js';
import type { User } from './user.js';
import type { NewPasswordInputs } from './user-input.js';
import type { UserRepository } from './user-repository.js';

/** The administrator to create, as it was typed. */
export interface AdministratorInput {
  readonly email: string | undefined;
  readonly firstName: string | undefined;
  readonly lastName: string | undefined;
  readonly password: string;
}

interface Dependencies {
  readonly database: Database;
  readonly actor: Actor;
  readonly users: UserRepository;
  readonly passwords: PasswordHasher;
  readonly inputs: NewPasswordInputs;
}

/**
 * Reads `--email`, `--first-name` and `--last-name`. The password is `given`, or is asked for without showing it,
 * or is the first line of standard input: never an argument, which other users of the machine could see. Throws a
 * `StartupError` for an option that does not exist.
 */
export async function readAdministrator(
  argv: readonly string[],
  given: string | undefined,
): Promise<AdministratorInput> {
  const values = parseOptions(argv);
  return {
    email: values.email,
    firstName: values['first-name'],
    lastName: values['last-name'],
    password: given ?? (await readPassword()),
  };
}

/**
 * Creates the first administrator of an installation. Refused when an active one exists: further accounts are
 * created by administrators, where it is recorded who did.
 */
export async function createAdministrator(
  { database, actor, users, passwords, inputs }: Dependencies,
  input: AdministratorInput,
): Promise<{ readonly user: User | null; readonly problems: readonly string[] }> {
  const missing = Object.entries(optionNames).filter(
    ([name]) => input[name as keyof AdministratorInput] === undefined,
  );
  if (missing.length > 0)
    return { user: null, problems: missing.map(([, option]) => `${option} is missing.`) };
  const validated = validate(inputs.createUser, { ...input, role: 'ADMIN' });
  if (!validated.ok) {
    return {
      user: null,
      problems: validated.problems.map(({ field, message }) => `${field.join('.')} ${message}.`),
    };
  }
  const { password, ...account } = validated.value;
  const passwordHash = await passwords.hash(password);
  const user = await transact(database, actor, async (transaction) => {
    if ((await users.lockAdministrators(transaction)).length > 0) return 'exists';
    return users.create(transaction, { ...account, passwordHash });
  });
  if (user === 'exists') {
    return {
      user: null,
      problems: ['There is an administrator already; further accounts are created by administrators.'],
    };
  }
  return { user, problems: user === null ? ['Another account has this e-mail address.'] : [] };
}

function parseOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        email: { type: 'string' },
        'first-name': { type: 'string' },
        'last-name': { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new StartupError(error instanceof Error ? error.message : String(error));
  }
}

const optionNames = { email: '--email', firstName: '--first-name', lastName: '--last-name' };

/** Asks on a terminal without echo; elsewhere takes the first line of standard input. */
async function readPassword(): Promise<string> {
  const isTerminal = process.stdin.isTTY;
  if (isTerminal) process.stderr.write('Password: ');
  const silent = new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: isTerminal });
  try {
    for await (const line of lines) return line;
    return '';
  } finally {
    lines.close();
    if (isTerminal) process.stderr.write('\n');
  }
}
