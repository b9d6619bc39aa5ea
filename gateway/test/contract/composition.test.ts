import { Kind, parse, print, type DefinitionNode } from 'graphql';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { composeSupergraph, CompositionError } from '../../src/supergraph/compose.js';
import { readContracts, supergraphFile } from '../../src/supergraph/contracts.js';
import { apiSdl } from './api.js';

const contracts = readContracts();

describe('the committed supergraph', () => {
  const composition = composeSupergraph(contracts);

  it('is what the three contracts compose to', () => {
    expect(composition.supergraphSdl).toBe(readFileSync(supergraphFile, 'utf8'));
  });

  it('has the API schema that is committed beside it', () => {
    expect(composition.apiSdl).toBe(apiSdl);
  });

  it('composes without a hint', () => {
    expect(composition.hints).toEqual([]);
  });
});

describe('composing', () => {
  it('names the conflict of contracts that do not fit together', () => {
    const broken = contracts.map((contract) =>
      contract.name === 'patients'
        ? { ...contract, sdl: contract.sdl.replace('hasNextPage: Boolean!', 'hasNextPage: Int!') }
        : contract,
    );
    expect(() => composeSupergraph(broken)).toThrow(CompositionError);
    expect(() => composeSupergraph(broken)).toThrow(/PageInfo\.hasNextPage/);
  });
});

describe('what the contracts share', () => {
  const definitions = new Map<string, string[]>();
  for (const { sdl } of contracts) {
    for (const definition of parse(sdl).definitions) {
      const name = sharedName(definition);
      if (name !== null) definitions.set(name, [...(definitions.get(name) ?? []), print(definition)]);
    }
  }
  const shared = [...definitions].filter(([, texts]) => texts.length > 1);

  it('is the scalars and PageInfo', () => {
    expect(shared.map(([name]) => name)).toEqual(expect.arrayContaining(['DateTime', 'PageInfo']));
  });

  it.each(shared)('says %s in the same words everywhere', (_, texts) => {
    expect(new Set(texts).size).toBe(1);
  });
});

/** The name of a definition that all contracts must agree on; null for root types and for entities. */
function sharedName(definition: DefinitionNode): string | null {
  if (!('name' in definition) || definition.name === undefined) return null;
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition.name.value;
  const isEntity = definition.directives?.some(({ name }) => name.value === 'key') === true;
  return isEntity || ['Query', 'Mutation'].includes(definition.name.value) ? null : definition.name.value;
}
