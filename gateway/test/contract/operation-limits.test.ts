import { getNullableType, getOperationAST, parse, type DocumentNode } from 'graphql';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readOperations, trustedDocumentsFile } from '../../src/supergraph/contracts.js';
import { exposureSettings, platformCost } from '../../src/exposure/exposure-settings.js';
import { checkOperation, checkTokens, type OperationLimits } from '../../src/limits/operation-limits.js';
import { fieldWeights } from '../../src/limits/field-weights.js';
import { createManifest } from '../../src/limits/trusted-documents.js';
import { api, fieldsOf } from './api.js';

const settings = z.object({ ...exposureSettings, ...platformCost }).parse({});
const half = Object.fromEntries(
  Object.entries(settings).map(([name, value]) => [name, typeof value === 'number' ? value / 2 : value]),
) as typeof settings satisfies OperationLimits;

const operations = readOperations().map((source) => {
  const document = parse(source);
  return { source, document, name: getOperationAST(document)?.name?.value };
});

/** The greatest pages, for each variable that says how great a page is. */
function greatestPages(document: DocumentNode): Record<string, unknown> {
  const definitions = getOperationAST(document)?.variableDefinitions ?? [];
  return Object.fromEntries(
    definitions.filter(({ variable }) => variable.name.value === 'first').map(() => ['first', 100]),
  );
}

describe('every operation of the apps', () => {
  it.each(operations)(
    '$name keeps to half of each limit, with the greatest pages',
    ({ source, document }) => {
      checkTokens(source, half);
      const request = { document, operationName: undefined, variables: greatestPages(document) };
      expect(() => {
        checkOperation(request, api, half);
      }).not.toThrow();
    },
  );

  it.each(operations)('$name has an entry in the committed manifest', ({ source }) => {
    const [entry] = readManifest(createManifest([source]));
    expect(readManifest(readFileSync(trustedDocumentsFile, 'utf8'))).toContainEqual(entry);
  });
});

describe('the weights of fields', () => {
  it('are those of texts that the API has', () => {
    for (const coordinate of fieldWeights.keys()) {
      const [type = '', name = ''] = coordinate.split('.');
      const field = fieldsOf(api.getType(type)).find((candidate) => candidate.name === name);
      expect([coordinate, String(getNullableType(field?.type))]).toEqual([coordinate, 'String']);
    }
  });
});

describe('the manifest of trusted documents', () => {
  it('is what the operations make', () => {
    expect(readFileSync(trustedDocumentsFile, 'utf8')).toBe(createManifest(readOperations()));
  });

  it('refuses a document without a named operation', () => {
    expect(() => createManifest(['{ me { id } }'])).toThrow('holds no named operation');
  });
});

function readManifest(text: string): unknown[] {
  return (JSON.parse(text) as { operations: unknown[] }).operations;
}
