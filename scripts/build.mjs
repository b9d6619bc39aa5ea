import { fileURLToPath } from 'node:url';
import { runChild } from './run-child.mjs';

/**
 * Builds the workspaces whose sources have changed since they were built.
 *
 * @returns {Promise<ReadonlyMap<string, string>>} turbo's hash of each workspace's build, by package name
 *
 * @param {string} root
 * @param {import('./steps.mjs').ShowStep} showStep
 */
export async function buildWorkspaces(root, showStep) {
  return showStep('Build', async (progress) => {
    let output = '';
    // Looked up now, not when this file is loaded: then it was not installed yet on a fresh clone.
    const turbo = fileURLToPath(import.meta.resolve('turbo/bin/turbo'));
    await runChild(
      'The build',
      [process.execPath, turbo, 'run', 'build', '--no-daemon', '--cache=local:rw', '--output-logs=new-only'],
      {
        cwd: root,
        environment: { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1', DO_NOT_TRACK: '1' },
        onOutput: (text) => {
          output += text;
          const workspace = /^(\S+):build: cache miss/m.exec(text)?.[1];
          if (workspace) progress(workspace);
        },
      },
    );
    const hashes = new Map();
    for (const [, name, hash] of output.matchAll(/^(\S+):build: cache (?:hit|miss),.* ([0-9a-f]{16})/gm)) {
      hashes.set(name, hash);
    }
    return hashes;
  });
}
