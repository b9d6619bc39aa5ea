import { watch, type FSWatcher } from 'node:fs';
import { readdir } from 'node:fs/promises';
import path from 'node:path';

/** How long the sources must have been quiet, in milliseconds: editors and `git` write in bursts. */
const settleTime = 200;

/**
 * Watches what the platform is built from: the sources of every workspace, the subgraphs' schemas and the
 * Prisma schemas. `onChange` gets the changed files relative to `root`, and is not called again before the
 * promise that it returned has settled.
 *
 * @returns what stops it, once a change that is being worked on is done with
 */
export async function watchSources(
  root: string,
  onChange: (files: ReadonlySet<string>) => Promise<void>,
): Promise<() => Promise<void>> {
  let pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> = Promise.resolve();
  const work = (): void => {
    const files = pending;
    pending = new Set();
    if (files.size > 0) working = working.then(() => onChange(files));
  };
  const notice = (file: string): void => {
    if (!isSource(file)) return;
    pending.add(file);
    clearTimeout(timer);
    timer = setTimeout(() => void working.then(work), settleTime);
  };
  const watchers: FSWatcher[] = [];
  for (const { folder, recursive } of await sourceFolders(root)) {
    const watcher = watch(path.join(root, folder), { recursive }, (_event, name) => {
      if (name !== null) notice(path.posix.join(folder, name.replaceAll(path.sep, '/')));
    });
    watchers.push(watcher);
  }
  return async () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
    await working;
  };
}

/** Whether a change of this file, relative to the root, can change what is built. */
export function isSource(file: string): boolean {
  if (/(^|\/)(dist|generated|node_modules|\.turbo)\//.test(file) || /\.test\.tsx?$/.test(file)) return false;
  return /\/(src|explorer)\/.*\.(tsx?|css|html|mjs|graphql)$/.test(file) || /\.(graphql|prisma)$/.test(file);
}

async function sourceFolders(root: string): Promise<{ folder: string; recursive: boolean }[]> {
  const below = async (parent: string): Promise<string[]> => {
    const entries = await readdir(path.join(root, parent), { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => `${parent}/${entry.name}`);
  };
  const subgraphs = await below('subgraphs');
  const withSources = [...(await below('packages')), ...subgraphs];
  return [
    ...withSources.map((workspace) => ({ folder: `${workspace}/src`, recursive: true })),
    ...['gateway/src', 'gateway/explorer', 'prisma'].map((folder) => ({ folder, recursive: true })),
    ...subgraphs.map((folder) => ({ folder, recursive: false })),
  ];
}
