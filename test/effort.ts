/** Whether tests go through as many cases as the laws that they check deserve, instead of as few as a change can wait for. */
export const isExhaustive = process.env['CAREGRAPH_TEST_TIER'] === 'exhaustive';
