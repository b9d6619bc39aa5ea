/** Whether tests that repeat themselves do so for as long as it takes to find what is rare: `npm run test:exhaustive`. */
export const isExhaustive = process.env['CAREGRAPH_TEST_TIER'] === 'exhaustive';
