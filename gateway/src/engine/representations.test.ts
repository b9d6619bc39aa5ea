import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createPossibleTypes } from './possible-types.js';
import type { Requirement } from './query-plan.js';
import { compileRepresentation } from './representations.js';

const types = createPossibleTypes(
  buildSchema(`
    type Query { media: Media }
    interface Media { id: ID! }
    type Book implements Media { id: ID! }
    type Film implements Media { id: ID! }
  `),
);

function field(name: string, ...selections: Requirement[]): Requirement {
  return { kind: 'field', name, selections: selections.length === 0 ? null : selections };
}

function on(type: string, ...selections: Requirement[]): Requirement {
  return { kind: 'fragment', type, selections: [field('__typename'), ...selections] };
}

describe('a representation', () => {
  it('has what is required of the type, each once, as JSON', () => {
    const requires = [on('Media', field('id')), on('Book', field('id'), field('size', field('height')))];
    const write = compileRepresentation({ requires, inputRewrites: [] }, types);
    expect(write({ __typename: 'Book', id: 'a"b', size: { height: 1.5, width: 2 }, title: 'x' })).toBe(
      '{"__typename":"Book","id":"a\\"b","size":{"height":1.5}}',
    );
    expect(write({ __typename: 'Film', id: 7 })).toBe('{"__typename":"Film","id":7}');
  });

  it('is none of an object that lacks something, is of another type, or does not say of which', () => {
    const write = compileRepresentation({ requires: [on('Book', field('id'))], inputRewrites: [] }, types);
    expect(write({ __typename: 'Book' })).toBeNull();
    expect(write({ __typename: 'Film', id: 1 })).toBeNull();
    expect(write({ id: 1 })).toBeNull();
  });

  it('keeps nulls and lists, and has null for what lacks something inside', () => {
    const requires = [on('Book', field('id'), field('parts', field('name')))];
    const write = compileRepresentation({ requires, inputRewrites: [] }, types);
    expect(write({ __typename: 'Book', id: null, parts: [{ name: 'a' }, null, {}] })).toBe(
      '{"__typename":"Book","id":null,"parts":[{"name":"a"},null,null]}',
    );
  });

  it('has no property that only the prototype of objects has', () => {
    const write = compileRepresentation(
      { requires: [on('Book', field('constructor'))], inputRewrites: [] },
      types,
    );
    expect(write({ __typename: 'Book' })).toBeNull();
  });

  it('is corrected where the subgraph knows the type by another name, or the field by its own', () => {
    const write = compileRepresentation(
      {
        requires: [on('Media', field('id'), field('price_eur'))],
        inputRewrites: [
          {
            kind: 'set',
            path: [
              { kind: 'type', names: ['Media'] },
              { kind: 'field', name: '__typename' },
            ],
            value: 'Media',
          },
          { kind: 'rename', path: [{ kind: 'field', name: 'price_eur' }], to: 'price' },
        ],
      },
      types,
    );
    expect(write({ __typename: 'Film', id: '1', price_eur: 5 })).toBe(
      '{"__typename":"Media","id":"1","price":5}',
    );
  });
});
