import { clientNetwork, createGrowingDelay, type RateLimits } from '@caregraph/rate-limits';

/** An attempt to log in. */
export interface LoginAttempt {
  /** Which account: the address that was typed, in lower case, whether there is such an account or not. */
  readonly email: string;
  readonly address: string | null;
  /** A device token that is good for the account; null for a client without one. */
  readonly device: string | null;
}

/** What becomes of an attempt: it may be looked at, or the client is to come again. */
export type Admission =
  | { readonly admitted: true; readonly succeeded: () => Promise<void> }
  | { readonly admitted: false; readonly retryAfterSeconds: number };

/**
 * Slows down those who guess passwords, and never locks an account: OWASP ASVS 5, V6.3.1, forbids to let strangers
 * shut somebody out. An attempt is counted before its password is compared, and taken back when that was right.
 */
export interface LoginThrottle {
  admitLogin(attempt: LoginAttempt): Promise<Admission>;
  /** Whoever holds a user's access token guesses the current password no faster than by logging in. */
  admitPasswordChange(userId: number): Promise<Admission>;
}

/** The waits, in seconds, and the failures within an hour after which they begin. */
const own = { failures: 3, longest: 60 };
const spraying = { failures: 50, longest: 60 };
const distributed = { failures: 20, wait: 30 };
/** How long a client that has waited may come, in seconds, counted from when it was told to wait. */
const waitListTime = 10 * 60;
const hour = 60 * 60;

/**
 * Four counts. With a device token, which only a client that has logged in to the account can have (OWASP, "Slow Down
 * Online Guessing Attacks with Device Cookies"), the failures of that client alone. Without one: those of the account
 * from the client's network, those of the account from everywhere, and those of the network with all accounts.
 *
 * While an account is attacked from everywhere, each network waits once for each attempt, by a wait of its own that
 * nobody else can prolong. NIST SP 800-63B-4, section 3.2.2, would rather disable the password after a hundred
 * failures; that is the lock by which a stranger shuts a clinician out, so here guessing stays possible, and slow.
 */
export function createLoginThrottle(limits: RateLimits): LoginThrottle {
  const byDevice = createGrowingDelay(limits, 'login:device', own);
  const byClient = createGrowingDelay(limits, 'login:client', own);
  const byNetwork = createGrowingDelay(limits, 'login:network', spraying);
  const byUser = createGrowingDelay(limits, 'password-change', own);
  const fromEverywhere = limits.counter('login:everywhere', hour);
  const waitList = limits.counter('login:waiting', waitListTime);

  /** In how many milliseconds a client that is on the wait list may come; it is put there if it is not. */
  async function remainingWait(client: string): Promise<number> {
    const { milliseconds } = (await waitList.get(client)) ?? (await waitList.add(client));
    return Math.max(0, milliseconds - (waitListTime - distributed.wait) * 1_000);
  }

  /** Counts an attempt on an account; past the limit it takes a wait that is over. */
  async function admitFromEverywhere(email: string, client: string): Promise<number> {
    const { count } = await fromEverywhere.add(email);
    if (count <= distributed.failures || (await waitList.remove(client))) return 0;
    return remainingWait(client);
  }

  async function admitStranger(email: string, network: string): Promise<Admission> {
    const client = JSON.stringify([network, email]);
    const isAttacked = ((await fromEverywhere.get(email))?.count ?? 0) >= distributed.failures;
    // All are asked before one counts: who has to wait for one of them is not to be set back by another.
    const waits = await Promise.all([
      byClient.check(client),
      byNetwork.check(network),
      isAttacked ? remainingWait(client) : 0,
    ]);
    if (Math.max(...waits) > 0) return refused(Math.max(...waits));
    const wait =
      (await byClient.admit(client)) ||
      (await admitFromEverywhere(email, client)) ||
      (await byNetwork.admit(network));
    if (wait > 0) return refused(wait);
    return {
      admitted: true,
      async succeeded() {
        // With an account of their own, a sprayer could forget all failures of the network, so only this one is.
        await Promise.all([
          byClient.clear(client),
          fromEverywhere.remove(email),
          byNetwork.takeBack(network),
        ]);
      },
    };
  }

  return {
    async admitLogin({ email, address, device }) {
      if (device === null) return admitStranger(email, clientNetwork(address));
      const wait = await byDevice.admit(device);
      return wait > 0 ? refused(wait) : { admitted: true, succeeded: () => byDevice.clear(device) };
    },
    async admitPasswordChange(userId) {
      const key = String(userId);
      const wait = await byUser.admit(key);
      return wait > 0 ? refused(wait) : { admitted: true, succeeded: () => byUser.clear(key) };
    },
  };
}

function refused(milliseconds: number): Admission {
  return { admitted: false, retryAfterSeconds: Math.ceil(milliseconds / 1_000) };
}
