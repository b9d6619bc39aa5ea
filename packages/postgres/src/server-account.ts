import { chown, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { ClusterError } from './errors.js';

/** The unprivileged operating-system account that runs the server in root's stead. */
export interface ServerAccount {
  name: string;
  uid: number;
  gid: number;
}

/**
 * The account to run the server as: undefined (ourselves) unless we are root, as which PostgreSQL refuses
 * to run; then `postgres` or else `nobody`, whichever exists.
 */
export async function findServerAccount(): Promise<ServerAccount | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = parseAccounts(await readFile('/etc/passwd', 'utf8'));
  const account = accounts.get('postgres') ?? accounts.get('nobody');
  if (!account) {
    throw new ClusterError(
      'PostgreSQL refuses to run as root, and there is neither a user "postgres" nor "nobody" to run it as.',
    );
  }
  return account;
}

/** The accounts of a passwd(5) file by name, without root and its namesakes. */
export function parseAccounts(passwd: string): Map<string, ServerAccount> {
  const accounts = new Map<string, ServerAccount>();
  for (const line of passwd.split('\n')) {
    const [name = '', , uid, gid] = line.split(':');
    const account = { name, uid: Number(uid), gid: Number(gid) };
    if (name && Number.isInteger(account.uid) && Number.isInteger(account.gid) && account.uid !== 0) {
      accounts.set(name, account);
    }
  }
  return accounts;
}

/** Whether `account` may pass through every folder on the way to (and including) an existing `folder`. */
export async function canReach(account: ServerAccount, folder: string): Promise<boolean> {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    const { mode, uid, gid } = await stat(current);
    const mask = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & mask) === 0) return false;
    if (current === path.dirname(current)) return true;
  }
}

/** Gives `file` to `account`; nothing to do when the server runs as ourselves. */
export async function giveTo(account: ServerAccount | undefined, file: string): Promise<void> {
  if (account) await chown(file, account.uid, account.gid);
}
