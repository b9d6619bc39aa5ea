import { isTypeDefinitionNode, parse, print } from 'graphql';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

/** The types of a service's contract that no service owns: all but the root types and the entities. */
function definitionsOf(service: string): Map<string, string> {
  const file = new URL(`../../../subgraphs/${service}/schema.graphql`, import.meta.url);
  const definitions = parse(readFileSync(file, 'utf8'))
    .definitions.filter(isTypeDefinitionNode)
    .filter(({ name }) => !['Query', 'Mutation'].includes(name.value))
    .filter(({ directives = [] }) => !directives.some(({ name }) => name.value === 'key'));
  return new Map(definitions.map((definition) => [definition.name.value, print(definition)]));
}

const contracts = ['users', 'patients', 'appointments'].map(definitionsOf);
const names = new Set(contracts.flatMap((contract) => [...contract.keys()]));
const shared = [...names].filter((name) => contracts.filter((contract) => contract.has(name)).length > 1);

describe('of what stands in more than one contract', () => {
  it('the audit trail, its filter, pages and times are some', () => {
    expect(shared).toEqual(expect.arrayContaining(['AuditEntry', 'AuditLogFilter', 'PageInfo', 'DateTime']));
  });

  it.each(shared)('%s is word for word the same in each, descriptions included', (name) => {
    const [first, ...others] = contracts.flatMap((contract) => contract.get(name) ?? []);
    for (const other of others) expect(other).toBe(first);
  });
});
