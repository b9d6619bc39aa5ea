import type { Role } from '@caregraph/service-kit';
import { transact, type Actor, type Database } from './database.js';
import type { LoginInput } from './generated/graphql.js';
import { createDeviceToken, type LoginDeviceRepository } from './login-device-repository.js';
import type { LoginThrottle } from './login-throttle.js';
import type { PasswordHasher } from './password-hasher.js';
import type { PasswordRepository, ProvenAccount } from './password-repository.js';

/** What e-mail and password are worth. */
export type CheckedCredentials =
  | { readonly kind: 'too-many-attempts'; readonly retryAfterSeconds: number }
  | {
      readonly kind: 'wrong';
      /** The account with the address, if there is one; for the audit trail alone. */
      readonly userId: number | null;
      /** Whether the password was right, and the account is closed. */
      readonly isClosed: boolean;
    }
  | {
      readonly kind: 'right';
      readonly account: LoginAccount;
      /** To be called once the login has succeeded; returns the token by which the client is known from now on. */
      readonly accept: (account: ProvenAccount, actor: Actor) => Promise<string>;
    };

/** An account that a login has proved to be the client's, and the role that it had then. */
export interface LoginAccount extends ProvenAccount {
  readonly role: Role;
}

export interface CredentialsDependencies {
  readonly database: Database;
  readonly passwordHashes: PasswordRepository;
  readonly devices: LoginDeviceRepository;
  readonly passwords: PasswordHasher;
  readonly throttle: LoginThrottle;
}

/** After how many seconds a stranger may come again who has found too many others waiting. */
const busySeconds = 5;

/** Compares e-mail and password with the accounts. */
export function createCredentials({
  database,
  passwordHashes,
  devices,
  passwords,
  throttle,
}: CredentialsDependencies) {
  return {
    /**
     * An attempt that comes too early, or of a stranger while too many wait, costs no comparison. Any other costs one,
     * and is answered the same, whether the address is unknown, the password wrong, or the account inactive.
     */
    async check(input: LoginInput, address: string | null): Promise<CheckedCredentials> {
      const { email, deviceToken } = storable(input);
      const isKnown = deviceToken !== null && (await devices.isKnown(deviceToken, email));
      const device = isKnown ? deviceToken : null;
      const admission = await throttle.admitLogin({ email, address, device });
      if (!admission.admitted) {
        return { kind: 'too-many-attempts', retryAfterSeconds: admission.retryAfterSeconds };
      }
      const found = await passwordHashes.findByEmail(email);
      const hash = found?.passwordHash ?? null;
      const matches =
        device === null
          ? await passwords.verifyForStranger(input.password, hash)
          : await passwords.verify(input.password, hash);
      if (matches === null) return { kind: 'too-many-attempts', retryAfterSeconds: busySeconds };
      if (found === null) return { kind: 'wrong', userId: null, isClosed: false };
      const { user, passwordHash } = found;
      if (!matches || !user.isActive) return { kind: 'wrong', userId: user.id, isClosed: matches };
      return {
        kind: 'right',
        account: { userId: user.id, passwordHash, role: user.role },
        async accept(account, actor) {
          await admission.succeeded();
          const token = device ?? createDeviceToken();
          await devices.remember(token, account, actor);
          if (passwords.isOutdated(account.passwordHash)) {
            const stronger = await passwords.hash(input.password);
            await transact(database, actor, (transaction) =>
              passwordHashes.replace(transaction, account, stronger),
            );
          }
          return token;
        },
      };
    },

    /**
     * The account once more, where its hash is no longer the one that the password was compared with: another login
     * may have replaced it by a stronger one of the same password. Null where it is the same, or the password is not.
     */
    async checkAgain(
      { email, password }: LoginInput,
      { passwordHash }: ProvenAccount,
    ): Promise<LoginAccount | null> {
      const found = await passwordHashes.findByEmail(email);
      if (found === null || found.passwordHash === passwordHash) return null;
      const matches = await passwords.verify(password, found.passwordHash);
      const { id: userId, role } = found.user;
      return matches ? { userId, passwordHash: found.passwordHash, role } : null;
    },
  };
}

/**
 * The address as accounts have it, in lower case, which is also how attempts on it are counted: PostgreSQL folds more
 * letters to the same one than JavaScript does. What PostgreSQL does not take becomes an address that nobody has.
 */
function storable({ email, deviceToken }: LoginInput): { email: string; deviceToken: string | null } {
  return {
    email: email.toWellFormed().replaceAll('\0', '\ufffd').toLowerCase(),
    deviceToken: deviceToken ?? null,
  };
}
