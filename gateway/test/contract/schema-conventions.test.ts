import {
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  type GraphQLType,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { api, definedTypes, fieldsOf, valuesOf } from './api.js';

const mutations = Object.values(api.getMutationType()?.getFields() ?? {});
const queries = Object.values(api.getQueryType()?.getFields() ?? {});

/** The coordinate of every definition of the API that has no description. */
function undescribed(): string[] {
  const isMissing = ({ description }: { description?: string | null | undefined }): boolean =>
    (description ?? '').trim() === '';
  return definedTypes().flatMap((type) => {
    // Root types are the schema itself: there is nothing to say about them.
    const isRoot = ['Query', 'Mutation'].includes(type.name);
    return [
      ...(isMissing(type) && !isRoot ? [type.name] : []),
      ...[...valuesOf(type), ...fieldsOf(type)].flatMap((member) => [
        ...(isMissing(member) ? [`${type.name}.${member.name}`] : []),
        ...('args' in member ? member.args : [])
          .filter(isMissing)
          .map(({ name }) => `${type.name}.${member.name}(${name}:)`),
      ]),
    ];
  });
}

describe('the API schema', () => {
  it('describes every type, field, argument, enum value and input field', () => {
    expect(undescribed()).toEqual([]);
  });

  it('names types, fields and enum values in the usual cases', () => {
    const odd = definedTypes().flatMap((type) => [
      ...(/^([A-Z][a-z]+)+$/.test(type.name) ? [] : [type.name]),
      ...fieldsOf(type).filter(({ name }) => !/^[a-z]+([A-Z][a-z]+)*$/.test(name)),
      ...valuesOf(type).filter(({ name }) => !/^[A-Z]+(_[A-Z]+)*$/.test(name)),
    ]);
    expect(odd).toEqual([]);
  });

  it('holds no null in any list', () => {
    const loose = definedTypes().flatMap((type) => fieldsOf(type).filter((field) => holdsNull(field.type)));
    expect(loose.map(({ name }) => name)).toEqual([]);
  });

  it.each(queries.filter(({ type }) => getNamedType(type).name.endsWith('Connection')))(
    'pages $name by first and after, 20 at a time',
    ({ args }) => {
      const first = args.find(({ name }) => name === 'first');
      expect(first?.defaultValue).toBe(20);
      expect(args.map(({ name }) => name)).toContain('after');
    },
  );

  it('has no scalar but those of the design', () => {
    expect(definedTypes().filter(isScalarType).map(String).sort()).toEqual(['Date', 'DateTime', 'LocalTime']);
  });
});

describe('mutations', () => {
  it.each(mutations)('$name takes its input, and answers its payload', ({ name, args, type }) => {
    const pascal = `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    expect(args.map((argument) => `${argument.name}: ${String(argument.type)}`)).toEqual([
      `input: ${pascal}Input!`,
    ]);
    expect(String(type)).toBe(`${pascal}Payload!`);
    const payload = getNamedType(type);
    const { userErrors, ...entities } = isObjectType(payload) ? payload.getFields() : {};
    expect(String(userErrors?.type)).toMatch(/^\[(User|Patient|Appointment)ServiceError!\]!$/);
    expect(Object.values(entities).filter((entity) => isNonNullType(entity.type))).toEqual([]);
  });

  it.each(['User', 'Patient', 'Appointment'])(
    'of %ss answer errors with code, message and field',
    (service) => {
      const fields = fieldsOf(api.getType(`${service}ServiceError`));
      expect(Object.fromEntries(fields.map(({ name, type }) => [name, String(type)]))).toMatchObject({
        code: `${service}ServiceErrorCode!`,
        message: 'String!',
        field: '[String!]',
      });
      const codes = valuesOf(api.getType(`${service}ServiceErrorCode`));
      expect(codes.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['NOT_FOUND', 'INVALID_INPUT', 'FORBIDDEN', 'STALE_VERSION']),
      );
    },
  );
});

describe('what another service resolves', () => {
  it.each([
    'Appointment.patient',
    'Appointment.doctor',
    'Appointment.createdBy',
    'Patient.careTeam',
    'Patient.createdBy',
    'Patient.appointments',
    'User.appointments',
    'User.schedule',
  ])('%s may be null, so that an outage costs no more than that', (coordinate) => {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const field = fieldsOf(api.getType(typeName)).find(({ name }) => name === fieldName);
    expect(field).toBeDefined();
    expect(isNonNullType(field?.type)).toBe(false);
  });
});

function holdsNull(type: GraphQLType): boolean {
  const inner = isNonNullType(type) ? type.ofType : type;
  return isListType(inner) && !isNonNullType(inner.ofType);
}
