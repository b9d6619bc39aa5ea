import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ClusterError } from './errors.js';
import type { ClusterLocation } from './cluster-location.js';
import { runProgram } from './run-program.js';
import { giveTo } from './server-account.js';
import type { ServerBinaries } from './server-binaries.js';

/** The files of one cluster. */
export interface ClusterFiles {
  /** PostgreSQL's data directory. */
  data: string;
  /** What the server prints. */
  log: string;
  /** Our settings, read after `postgresql.conf`. */
  settings: string;
  /** The superuser's password. */
  password: string;
}

/** Where the files of the cluster in `home` are. */
export function clusterFiles(home: string): ClusterFiles {
  const cluster = path.join(home, 'cluster');
  return filesIn(cluster);
}

function filesIn(cluster: string): ClusterFiles {
  return {
    data: path.join(cluster, 'data'),
    log: path.join(cluster, 'server.log'),
    settings: path.join(cluster, 'data', 'caregraph.conf'),
    password: path.join(cluster, 'superuser-password'),
  };
}

/**
 * Makes the data directory on first use and does nothing later. It is made under another name and renamed
 * when it is whole, so that an `initdb` that was killed half-way is simply done again. Only one process at a
 * time may do this in one folder.
 *
 * @throws ClusterError when `initdb` fails, or when the data is another major version's
 */
export async function initialiseData(
  { home, account }: ClusterLocation,
  binaries: ServerBinaries,
  { durable }: { durable: boolean },
): Promise<void> {
  const { data } = clusterFiles(home);
  if (existsSync(data)) {
    await checkVersion(data, binaries);
    return;
  }
  await removeHalfFinished(home);
  const partial = path.join(home, `cluster.partial-${randomUUID()}`);
  await mkdir(partial, { recursive: true, mode: 0o700 });
  await giveTo(account, partial);
  const files = filesIn(partial);
  await writeFile(files.password, randomBytes(24).toString('base64url'), { mode: 0o600 });
  await giveTo(account, files.password);
  await runInitdb(files, partial, account, binaries, durable);
  await appendFile(path.join(files.data, 'postgresql.conf'), "\ninclude_if_exists 'caregraph.conf'\n");
  await rename(partial, path.join(home, 'cluster'));
}

async function runInitdb(
  files: ClusterFiles,
  cwd: string,
  account: ClusterLocation['account'],
  binaries: ServerBinaries,
  durable: boolean,
): Promise<void> {
  // Names sort and lower-case by ICU on every platform. What still asks the C library (the text search
  // parser) gets a UTF-8 character type where there is one; the name of that differs between platforms.
  const characterTypes = process.platform === 'darwin' ? ['UTF-8', 'C'] : ['C.UTF-8', 'C'];
  let output = '';
  for (const characterType of characterTypes) {
    const args = [
      `--pgdata=${files.data}`,
      '--username=postgres',
      `--pwfile=${files.password}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale-provider=icu',
      '--icu-locale=und',
      '--locale=C',
      `--lc-ctype=${characterType}`,
      '--data-checksums',
      ...(durable ? [] : ['--no-sync']),
    ];
    const result = await runProgram(path.join(binaries.directory, 'initdb'), args, { cwd, account });
    if (result.code === 0) return;
    output = result.output;
    await rm(files.data, { recursive: true, force: true });
  }
  throw new ClusterError(`PostgreSQL's data directory could not be made:\n${output.trim()}`);
}

async function checkVersion(data: string, { major }: ServerBinaries): Promise<void> {
  const found = (await readFile(path.join(data, 'PG_VERSION'), 'utf8')).trim();
  if (found === major) return;
  throw new ClusterError(
    `The data in ${data} was written by PostgreSQL ${found}, and this is PostgreSQL ${major}. ` +
      'Dump it with the old version and load it into this one, or discard it with "npm run reset".',
  );
}

async function removeHalfFinished(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    if (!name.startsWith('cluster.partial-')) continue;
    await rm(path.join(home, name), { recursive: true, force: true, maxRetries: 5 });
  }
}
