import type { Random } from '@caregraph/seed/random';
import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isRequiredArgument,
  isUnionType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import type { Json } from '../../../../test/hostile/values.js';
import { literalOf, randomValue, type KnownIds } from './random-values.js';

/** A document and the variables that go with it. */
export interface GeneratedOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, Json>>;
  /** The root fields that were chosen. */
  readonly rootFields: readonly string[];
}

/**
 * An operation over a schema: fields with arguments, as literals and as variables, aliases, fragments of both kinds,
 * directives and introspection. With `wrongness` 0 it is valid; otherwise that is the chance of each of its parts to
 * be something else.
 */
export function randomOperation(
  random: Random,
  schema: GraphQLSchema,
  ids: KnownIds,
  wrongness: number,
): GeneratedOperation {
  const declared: string[] = [];
  const variables: Record<string, Json> = {};
  const fragments: string[] = [];
  let fieldsLeft = 40;
  let counter = 0;
  const next = (prefix: string): string => `${prefix}${(counter += 1)}`;

  function argumentsOf({ args }: GraphQLField<unknown, unknown>): string {
    const written = args
      .filter((argument) => (isRequiredArgument(argument) && !random.chance(wrongness)) || random.chance(0.4))
      .map(({ name, type }) => {
        const value = randomValue(random, type, ids, wrongness);
        if (random.chance(0.5)) return `${name}: ${literalOf(value, type)}`;
        const variable = next('v');
        declared.push(`$${variable}: ${random.chance(wrongness) ? '[Int!]' : String(type)}`);
        if (!random.chance(wrongness)) variables[variable] = value;
        return `${name}: $${variable}`;
      });
    return written.length === 0 ? '' : `(${written.join(', ')})`;
  }

  function directives(): string {
    if (!random.chance(0.1)) return '';
    const name = random.chance(wrongness)
      ? random.pick(['deprecated', 'defer', 'nope'])
      : random.pick(['skip', 'include']);
    if (random.chance(0.5)) return `@${name}(if: ${String(random.chance(0.5))})`;
    const variable = next('v');
    declared.push(`$${variable}: Boolean!`);
    variables[variable] = random.chance(0.5);
    return `@${name}(if: $${variable})`;
  }

  function fieldOf(
    parent: GraphQLCompositeType,
    field: GraphQLField<unknown, unknown>,
    depth: number,
  ): string {
    fieldsLeft -= 1;
    // Of two fields of one name and different arguments none can be merged: every one that has some gets an alias.
    const alias = field.args.length > 0 || random.chance(0.1) ? `${next('a')}: ` : '';
    const name = random.chance(wrongness / 4)
      ? random.pick(['__proto__', 'nope', '_entities', '_service'])
      : field.name;
    const selection = selectionOf(getNamedType(field.type), depth);
    return `${alias}${name}${argumentsOf(field)} ${directives()} ${selection}`;
  }

  function selectionOf(type: GraphQLNamedType, depth: number): string {
    if (!isCompositeType(type)) return random.chance(wrongness / 4) ? '{ id }' : '';
    if (random.chance(wrongness / 4)) return '';
    const all = Object.values(isUnionType(type) ? {} : type.getFields()).filter(
      ({ type: inner }) => depth > 0 || !isCompositeType(getNamedType(inner)),
    );
    const count = Math.min(random.integer(1, 5), Math.max(1, fieldsLeft));
    const chosen = Array.from({ length: all.length === 0 ? 0 : count }, () => random.pick(all));
    // Of an abstract type, also what only some of the objects have.
    const narrower = isAbstractType(type)
      ? schema
          .getPossibleTypes(type)
          .filter(() => random.chance(0.6))
          .map((possible) => `... on ${possible.name} ${directives()} ${selectionOf(possible, depth - 1)}`)
      : [];
    const parts = chosen.map((field) => {
      const written = fieldOf(type, field, depth - 1);
      if (random.chance(0.85)) return written;
      if (random.chance(0.5))
        return `... ${random.chance(0.5) ? `on ${type.name}` : ''} ${directives()} { ${written} }`;
      const fragment = next('F');
      fragments.push(
        `fragment ${fragment} on ${random.chance(wrongness) ? 'Query' : type.name} { ${written} }`,
      );
      return `...${fragment} ${directives()}`;
    });
    return `{ __typename ${[...parts, ...narrower].join(' ')} }`;
  }

  const kind = random.chance(0.7) || schema.getMutationType() == null ? 'query' : 'mutation';
  const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  if (root == null) throw new Error(`The schema has no ${kind}.`);
  const rootFields = Array.from({ length: random.integer(1, 3) }, () =>
    random.pick(Object.values(root.getFields())),
  );
  const selected = rootFields.map((field) => fieldOf(root, field, 4));
  if (kind === 'query' && random.chance(0.05))
    selected.push('__schema { types { name fields { name type { name } } } }');
  const heading = declared.length === 0 ? kind : `${kind} ${next('Op')}(${declared.join(', ')})`;
  return {
    query: [`${heading} { ${selected.join(' ')} }`, ...fragments].join('\n'),
    variables,
    rootFields: rootFields.map(({ name }) => name),
  };
}
