import { policy, type Policy, type Rule } from '@caregraph/access-policy';
import { roles } from '@caregraph/service-kit';
import { isInputObjectType, isNonNullType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { api, definedTypes, fieldsOf } from './api.js';

const table: Policy = policy;

/** What federation adds to a subgraph, and the API does not show. */
const federation = ['Query._entities', 'Query._service', '_Service.sdl'];

/** The coordinates of everything that the API has a rule for: fields of objects and of inputs, queries, mutations. */
const offered = definedTypes()
  .filter((type) => isObjectType(type) || isInputObjectType(type))
  .flatMap((type) => fieldsOf(type).map((field) => `${type.name}.${field.name}`));

/** The coordinates that the table names, with their rules. */
const named = new Map<string, Rule>(
  Object.entries({ Query: table.query, Mutation: table.mutate, ...table.read, ...table.fill }).flatMap(
    ([type, rules]) =>
      Object.entries(rules).map(([field, rule]): [string, Rule] => [`${type}.${field}`, rule]),
  ),
);

describe('the access policy', () => {
  it.each(roles)('says of every query, mutation, field and input field whether a %s may', (role) => {
    const unnamed = offered.filter((coordinate) => named.get(coordinate)?.[role] === undefined);
    expect(unnamed).toEqual([]);
  });

  it('names nothing that does not exist', () => {
    expect([...named.keys()].filter((name) => !offered.includes(name) && !federation.includes(name))).toEqual(
      [],
    );
  });

  it('lets nobody do anything without an access token but log in and renew a session', () => {
    const open = Object.entries({ ...table.query, ...table.mutate }).filter(([, rule]) => rule.ANONYMOUS);
    expect(open.map(([field]) => field).sort()).toEqual(['login', 'refreshSession']);
  });

  it('leaves nullable whatever somebody who may read a type may not read of it', () => {
    const denied = ['User', 'Patient', 'Appointment'].flatMap((type) =>
      fieldsOf(api.getType(type)).filter(
        (field) =>
          isNonNullType(field.type) &&
          !roles.every((role) => named.get(`${type}.${field.name}`)?.[role] === 'yes'),
      ),
    );
    expect(denied.map(({ name }) => name)).toEqual([]);
  });
});
