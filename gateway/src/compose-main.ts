import { writeFileSync } from 'node:fs';
import { CompositionError, composeSupergraph } from './compose.js';
import { apiFile, readContracts, supergraphFile } from './contracts.js';

try {
  const { supergraphSdl, apiSdl, hints } = composeSupergraph(readContracts());
  writeFileSync(supergraphFile, supergraphSdl);
  writeFileSync(apiFile, apiSdl);
  for (const hint of hints) console.warn(`hint: ${hint}`);
  console.log('Composed gateway/supergraph.graphql and gateway/api.graphql.');
} catch (error) {
  if (!(error instanceof CompositionError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
