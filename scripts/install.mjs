import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { runChild } from './run-child.mjs';

/** @typedef {import('./steps.mjs').ShowStep} ShowStep */

/**
 * Installs exactly what `package-lock.json` of a folder says, unless that is what is installed.
 *
 * @param {string} folder
 * @param {ShowStep} showStep
 */
export async function installDependencies(folder, showStep) {
  const lock = readPackages(path.join(folder, 'package-lock.json'));
  if (isInstalled(lock, readPackages(path.join(folder, 'node_modules', '.package-lock.json')))) return;
  await showStep('Dependencies', async (progress) => {
    const total = Object.keys(lock).filter((name) => name.includes('node_modules/')).length;
    let fetched = 0;
    progress(`installing ${total} packages`);
    const npm = process.env.npm_execpath;
    await runChild(
      'Installing the dependencies (npm ci)',
      [...(npm ? [process.execPath, npm] : ['npm']), 'ci', '--no-audit', '--no-fund', '--loglevel=http'],
      {
        cwd: folder,
        onOutput: (text) => {
          fetched += text.match(/^npm http (fetch|cache) .*\.tgz/gm)?.length ?? 0;
          progress(`installing ${total} packages`, Math.min(1, fetched / total));
        },
      },
    );
  });
}

/**
 * Whether all that the lock file wants is there. npm writes down what it installed when it has finished, so
 * an interrupted installation does not count.
 *
 * @param {Record<string, LockedPackage>} wanted
 * @param {Record<string, LockedPackage>} present
 */
function isInstalled(wanted, present) {
  return Object.entries(wanted).every(([name, entry]) => {
    if (!name.includes('node_modules/')) return true;
    const found = present[name];
    // What belongs to another platform is left out.
    if (!found) return entry.optional === true;
    return (
      entry.version === found.version && entry.integrity === found.integrity && entry.link === found.link
    );
  });
}

/**
 * @typedef {{ version?: string, integrity?: string, link?: boolean, optional?: boolean }} LockedPackage
 * @param {string} file
 * @returns {Record<string, LockedPackage>}
 */
function readPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : {};
}
