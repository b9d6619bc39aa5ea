import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { isExhaustive } from './test/effort.js';

/** Runs in `npm test`: pure tests beside the code, and those that go through GraphQL to a real PostgreSQL. */
const everyday = ['**/src/**/*.test.ts', '**/test/**/*.test.ts'];
/** Runs in `npm run test:full` only: needs more than Node. */
const full = ['**/test/full/**/*.test.ts'];
/**
 * Runs in `npm run test:exhaustive`, too, and makes more of an effort then (`test/effort.ts`): races that are run
 * many times, time zones and hostile texts that are all tried, and operations that are made up at random.
 */
const exhaustive = [
  '**/test/**/*race*.int.test.ts',
  '**/test/**/differential.test.ts',
  '**/test/**/generated-operations.int.test.ts',
  '**/test/**/hostile-text.int.test.ts',
  '**/test/**/time-zones.test.ts',
];

const isFull = process.env['CAREGRAPH_TEST_TIER'] === 'full';

export default defineConfig({
  // What Node loads for `graphql`; Vite would take the ES module beside it, and two copies do not mix.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: isFull ? full : isExhaustive ? exhaustive : everyday,
    exclude: ['**/node_modules/**', '**/dist/**', ...(isFull ? [] : full)],
    globalSetup: ['test/global-setup.ts'],
    // One worker a core: left alone, vitest keeps one core free, which of two is half the machine.
    maxWorkers: availableParallelism(),
    testTimeout: isExhaustive ? 3_600_000 : 60_000,
    hookTimeout: 120_000,
    reporters: ['default'],
  },
});
