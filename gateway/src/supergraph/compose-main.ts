import { StartupError } from '@caregraph/service-kit';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { acceptApi, judgeApi } from './accepted-api.js';
import { CompositionError, composeSupergraph } from './compose.js';
import { apiFile, readContracts, readOperations, supergraphFile, trustedDocumentsFile } from './contracts.js';
import { createManifest } from '../limits/trusted-documents.js';

/*
 * Composes the contracts into the committed files. With `--check` it writes nothing, and fails where they are not
 * what the contracts compose to, or break what clients have been promised; with `--accept` the API becomes what
 * clients are promised from now on.
 */
try {
  const values = parseOptions();
  const { supergraphSdl, apiSdl, hints } = composeSupergraph(readContracts());
  const manifest = createManifest(readOperations());
  for (const hint of hints) console.warn(`hint: ${hint}`);
  const { problems, additions } = await judgeApi(apiSdl);
  if (values.check === true) {
    const stale = [
      ...(isStale(supergraphFile, supergraphSdl) ? ['gateway/supergraph.graphql'] : []),
      ...(isStale(apiFile, apiSdl) ? ['gateway/api.graphql'] : []),
      ...(isStale(trustedDocumentsFile, manifest) ? ['gateway/trusted-documents.json'] : []),
    ];
    const found = [
      ...stale.map((file) => `${file} is stale: run npm run compose.`),
      ...problems,
      ...additions.map((addition) => `Not accepted yet (npm run compose -- --accept): ${addition}`),
    ];
    report(found);
    if (found.length === 0)
      console.log('The committed files are what the contracts compose to, and keep every promise.');
  } else {
    writeFileSync(supergraphFile, supergraphSdl);
    writeFileSync(apiFile, apiSdl);
    writeFileSync(trustedDocumentsFile, manifest);
    console.log('Wrote gateway/supergraph.graphql, gateway/api.graphql and gateway/trusted-documents.json.');
    report(problems);
    if (values.accept === true && problems.length === 0) {
      acceptApi(apiSdl);
      console.log('The API is now what clients are promised: gateway/accepted/api.graphql.');
    }
  }
} catch (error) {
  if (!(error instanceof CompositionError || error instanceof StartupError)) throw error;
  report([error.message]);
}

function parseOptions() {
  try {
    return parseArgs({ options: { check: { type: 'boolean' }, accept: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new StartupError(error instanceof Error ? error.message : String(error));
  }
}

function isStale(file: URL, content: string): boolean {
  return !existsSync(file) || readFileSync(file, 'utf8') !== content;
}

function report(problems: readonly string[]): void {
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
