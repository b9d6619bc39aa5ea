/** Whether tests go through as many cases as their laws deserve, instead of as few as a change can wait for. */
export const isExhaustive = process.env['CAREGRAPH_TEST_TIER'] === 'exhaustive';
