import { StartupError } from '@caregraph/service-kit';
import { Kind, parse, print } from 'graphql';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Documents that were known before anybody sent them, by the SHA-256 of their text in hexadecimal. */
export type TrustedDocuments = ReadonlyMap<string, string>;

/** Apollo's persisted query manifest, as its client tools write and read it. */
const manifestSchema = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      type: z.enum(['query', 'mutation', 'subscription']),
      body: z.string(),
    }),
  ),
});

/** The SHA-256 of a document's text, in hexadecimal. */
export function documentHash(source: string): string {
  return createHash('sha256').update(source).digest('hex');
}

/**
 * The manifest of documents that hold one named operation each, as JSON text. Bodies are as `print` of graphql-js
 * lays documents out, which is what clients with generated documents send.
 */
export function createManifest(documents: readonly string[]): string {
  const operations = documents.map((source) => {
    const document = parse(source);
    const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    if (operation?.kind !== Kind.OPERATION_DEFINITION || operation.name === undefined) {
      throw new StartupError(`A trusted document holds no named operation:\n${source}`);
    }
    const body = print(document);
    return { id: documentHash(body), name: operation.name.value, type: operation.operation, body };
  });
  const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/**
 * Reads a manifest. A document counts by the hash of its text, whatever id the manifest gives it, so that a client
 * that sends the text is known, too; an id of another kind serves beside it. Throws a `StartupError`.
 */
export function loadTrustedDocuments(file: string): TrustedDocuments {
  try {
    const { operations } = manifestSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
    return new Map(operations.flatMap(({ id, body }) => [[id, body] as const, [documentHash(body), body]]));
  } catch (error) {
    const problem = `The trusted documents in ${file} cannot be used: they are no persisted query manifest.`;
    throw new StartupError(problem, { cause: error });
  }
}
