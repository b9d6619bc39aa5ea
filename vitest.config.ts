import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** Runs in `npm test`: pure tests beside the code, and those that go through GraphQL to a real PostgreSQL. */
const everyday = ['**/src/**/*.test.ts', '**/test/**/*.test.ts'];
/** Runs in `npm run test:full` only: needs more than Node. */
const full = ['**/test/full/**/*.test.ts'];

export default defineConfig({
  // What Node loads for `graphql`; Vite would take the ES module beside it, and two copies do not mix.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: process.env['CAREGRAPH_TEST_TIER'] === 'full' ? full : everyday,
    exclude: [
      '**/node_modules/**',
      '**/dist/**',
      ...(process.env['CAREGRAPH_TEST_TIER'] === 'full' ? [] : full),
    ],
    globalSetup: ['test/global-setup.ts'],
    // One worker a core: left alone, vitest keeps one core free, which of two is half the machine.
    maxWorkers: availableParallelism(),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    reporters: ['default'],
  },
});
