/**
 * What one npm script runs once everything is installed and built.
 *
 * @typedef {object} Command
 * @property {string} [entry] the JavaScript file to import, relative to the root of the repository
 * @property {string} [call] the function of `entry` to call with `{ root, args, showStep, build }`
 * @property {readonly string[]} [args] arguments that come before those that were typed
 * @property {Readonly<Record<string, string>>} [environment] variables that it sets
 * @property {boolean} [runsAtRoot] stays at the root instead of going where the command was typed
 * @property {string} [installs] a package outside the workspaces to install first
 * @property {boolean} [quiet] tells about installing and building only when that takes long
 */

const vitest = { entry: 'node_modules/vitest/vitest.mjs', args: ['run'], runsAtRoot: true };
const platform = 'packages/platform/dist/index.js';
/** Runs a program that needs the databases, with their URLs in its environment. */
const withDatabases = (...program) => ({
  entry: platform,
  call: 'runWithDatabases',
  args: program,
  quiet: true,
});

/** @type {Readonly<Record<string, Command>>} */
export const commands = {
  start: { entry: platform, call: 'start', runsAtRoot: true },
  dev: { entry: platform, call: 'develop', runsAtRoot: true },
  reset: { entry: platform, call: 'reset', runsAtRoot: true, quiet: true },
  build: {},
  test: vitest,
  'test:full': { ...vitest, environment: { CAREGRAPH_TEST_TIER: 'full' } },
  'test:exhaustive': { ...vitest, environment: { CAREGRAPH_TEST_TIER: 'exhaustive' } },
  gateway: { entry: 'gateway/dist/main.js', quiet: true },
  compose: { entry: 'gateway/dist/supergraph/compose-main.js', quiet: true },
  policy: { entry: 'packages/access-policy/dist/policy-main.js', quiet: true },
  prisma: withDatabases('packages/prisma-offline/dist/main.js'),
  seed: withDatabases('packages/seed/dist/main.js'),
  'admin:create': withDatabases('subgraphs/users/dist/admin-create-main.js'),
  'audit:verify': withDatabases('packages/audit-trail/dist/verify-main.js'),
  'audit:guards': withDatabases('packages/audit-trail/dist/guards-main.js'),
  'audit:rotate-key': { entry: platform, call: 'rotateAuditKey', runsAtRoot: true, quiet: true },
  'tokens:rotate-key': { entry: platform, call: 'rotateTokenKey', runsAtRoot: true, quiet: true },
  'keys:rotate': withDatabases('packages/encryption/dist/keys-main.js', 'keys:rotate'),
  'keys:status': withDatabases('packages/encryption/dist/keys-main.js', 'keys:status'),
  'db:migrate': withDatabases('packages/migrations/dist/main.js', 'db:migrate'),
  'db:status': withDatabases('packages/migrations/dist/main.js', 'db:status'),
  'db:rollback': withDatabases('packages/migrations/dist/main.js', 'db:rollback'),
  'db:drift': withDatabases('packages/migrations/dist/main.js', 'db:drift'),
  bench: { entry: 'bench/run.mjs', installs: 'bench' },
};
