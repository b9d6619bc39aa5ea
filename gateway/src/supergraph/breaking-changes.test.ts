import { describe, expect, it } from 'vitest';
import { compareApis, judgeChanges } from './breaking-changes.js';

const api = `
  enum Status { OPEN CLOSED }
  input Filter { isActive: Boolean = true, status: Status }
  type Item { id: ID!, title: String!, notes: String }
  type Query { items(filter: Filter, first: Int = 20): [Item!]!, item(id: ID!): Item }
`;

describe('comparing two APIs', () => {
  it.each([
    ['a field that is removed', 'notes: String }', '}', `Field 'notes' was removed from object type 'Item'`],
    [
      'a field that becomes nullable',
      'title: String!',
      'title: String',
      `changed type from 'String!' to 'String'`,
    ],
    ['a field of another type', 'notes: String', 'notes: Int', `changed type from 'String' to 'Int'`],
    ['an enum value that is removed', 'OPEN CLOSED', 'OPEN', `Enum value 'CLOSED' was removed`],
    ['an argument that is removed', 'filter: Filter, ', '', `Argument 'filter: Filter' was removed`],
    ['an argument that becomes required', 'filter: Filter,', 'filter: Filter!,', `'Filter' to 'Filter!'`],
    ['a required argument that is added', 'item(', 'item(version: Int!, ', `Argument 'version: Int!' added`],
    ['a default of an argument that changes', 'Int = 20', 'Int = 10', `changed from '20' to '10'`],
    ['a default of an input field that changes', '= true', '= false', `changed from 'true' to 'false'`],
    ['an input field that is removed', ', status: Status', '', `Input field 'status'`],
    ['a required input field that is added', 'input Filter {', 'input Filter { to: Int!', `Input field 'to'`],
    ['a type that is renamed', /Item/g, 'Thing', `Type 'Item' was removed`],
  ])('names %s as breaking', async (_, from, to, message) => {
    const changed = api.replace(from, to);
    expect(changed).not.toBe(api);
    const { breaking } = await compareApis(api, changed);
    expect(breaking).toContainEqual(expect.stringContaining(message));
  });

  it.each([
    ['a field', 'notes: String', 'notes: String, colour: String', `Field 'colour' was added`],
    ['an optional argument', 'item(', 'item(version: Int, ', `Argument 'version: Int' added`],
    ['an optional input field', 'input Filter {', 'input Filter { to: Int', `Input field 'to'`],
    ['an enum value', 'OPEN CLOSED', 'OPEN CLOSED LOST', `Enum value 'LOST' was added`],
  ])('lets %s be added, and names the addition', async (_, from, to, message) => {
    const { breaking, additions } = await compareApis(api, api.replace(from, to));
    expect(breaking).toEqual([]);
    expect(additions).toEqual([expect.stringContaining(message)]);
  });

  it('lets a description change, a field be deprecated and a nullable field become certain', async () => {
    const changed = api
      .replace('notes: String', 'notes: String @deprecated(reason: "Use title.")')
      .replace('type Item', '"A thing." type Item')
      .replace('items(filter: Filter, first: Int = 20): [Item!]!, item(id: ID!): Item', '$&!');
    expect(changed).toContain('): Item!');
    expect(await compareApis(api, changed)).toEqual({ breaking: [], additions: [] });
  });
});

describe('judging breaking changes', () => {
  const removed = `Field 'notes' was removed from object type 'Item'`;

  it('names a change that is not listed', () => {
    expect(judgeChanges([removed], [])).toEqual([`Breaking change, not listed as accepted: ${removed}`]);
  });

  it('accepts a change that is listed with its reason', () => {
    expect(judgeChanges([removed], [{ change: removed, reason: 'Nobody has asked for it.' }])).toEqual([]);
  });

  it('names an entry that no change matches any more', () => {
    expect(judgeChanges([], [{ change: removed, reason: 'Nobody has asked for it.' }])).toEqual([
      `Listed as accepted, but there is no such change: ${removed}`,
    ]);
  });
});
