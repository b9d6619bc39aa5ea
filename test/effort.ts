export const isExhaustive = process.env['CAREGRAPH_TEST_TIER'] === 'exhaustive';
