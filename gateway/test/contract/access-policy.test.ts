import { inputPolicy, policy } from '@caregraph/access-policy';
import { isNonNullType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { api, definedTypes, fieldsOf } from './api.js';

/** What federation adds to a subgraph, and the API does not show. */
const federation = new Set(['Query._entities', 'Query._service', '_Service.sdl']);

const fields = definedTypes()
  .filter(isObjectType)
  .flatMap((type) => Object.keys(type.getFields()).map((field) => `${type.name}.${field}`));

describe('the access policy', () => {
  it('names every field of every object type, and every query and mutation', () => {
    const unnamed = fields.filter((coordinate) => {
      const [type = '', field = ''] = coordinate.split('.');
      return policy[type]?.[field] === undefined;
    });
    expect(unnamed).toEqual([]);
  });

  it('names nothing that does not exist', () => {
    const named = Object.entries(policy).flatMap(([type, rules]) =>
      Object.keys(rules).map((field) => `${type}.${field}`),
    );
    expect(named.filter((coordinate) => !fields.includes(coordinate) && !federation.has(coordinate))).toEqual(
      [],
    );
  });

  it('restricts no input field that does not exist', () => {
    const unknown = Object.entries(inputPolicy).flatMap(([name, rules]) => {
      const known = fieldsOf(api.getType(name)).map((field) => field.name);
      return Object.keys(rules).filter((field) => !known.includes(field));
    });
    expect(unknown).toEqual([]);
  });

  it('lets nobody do anything without an access token but log in, renew a session and end it', () => {
    const open = ['Query', 'Mutation'].flatMap((type) =>
      Object.entries(policy[type] ?? {})
        .filter(([, { allow }]) => allow.includes('ANONYMOUS'))
        .map(([field]) => field),
    );
    expect(open.sort()).toEqual(['login', 'refreshSession']);
  });

  it('leaves nullable whatever somebody who may read a type may not read of it', () => {
    const everybody = ['ADMIN', 'DOCTOR', 'NURSE', 'STAFF'] as const;
    const denied = ['User', 'Patient', 'Appointment'].flatMap((name) =>
      fieldsOf(api.getType(name)).filter(
        (field) =>
          isNonNullType(field.type) &&
          !everybody.every((role) => policy[name]?.[field.name]?.allow.includes(role) === true),
      ),
    );
    expect(denied.map(({ name }) => name)).toEqual([]);
  });
});
