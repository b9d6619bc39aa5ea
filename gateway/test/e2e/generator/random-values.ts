import type { Random } from '@caregraph/seed/random';
import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
  type GraphQLInputType,
} from 'graphql';
import { hostileTexts } from '../../../../test/hostile/hostile-texts.js';
import type { Json } from '../../../../test/hostile/values.js';

/** Ids of records that there are, for operations that reach them. */
export type KnownIds = readonly string[];

const shortTexts = hostileTexts.filter(({ length }) => length < 300);
const moments = [
  '2031-03-03T09:00:00Z',
  '2100-02-28T23:59:59.999+05:30',
  '2026-02-30T00:00:00Z',
  '1999-12-31',
];
const days = ['1980-01-01', '2000-02-29', '9999-12-31', '2026-02-30', '0000-00-00'];
const times = ['00:00', '09:00', '17:30', '24:00', '9:00'];
const integers = [0, 1, 5, 30, 100, 101, -1, 2_147_483_647, -2_147_483_648];
const anything: readonly Json[] = [
  null,
  true,
  0,
  -1.5,
  2 ** 53,
  '',
  'text',
  [],
  [[[]]],
  {},
  { a: { b: [1] } },
];

/** A value for an input type: as a rule one that its coercion takes, with `wrongness` as the chance of any other. */
export function randomValue(random: Random, type: GraphQLInputType, ids: KnownIds, wrongness: number): Json {
  if (random.chance(wrongness)) return random.pick(anything);
  if (!isNonNullType(type) && random.chance(0.1)) return null;
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const length = random.integer(0, 3);
    return Array.from({ length }, () => randomValue(random, nullable.ofType, ids, wrongness));
  }
  if (isEnumType(nullable)) return random.pick(nullable.getValues()).name;
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields()).filter(
      (field) => isRequiredInputField(field) || random.chance(0.4),
    );
    return Object.fromEntries(
      fields.map(({ name, type: inner }) => [name, randomValue(random, inner, ids, wrongness)]),
    );
  }
  return randomScalar(random, nullable.name, ids);
}

function randomScalar(random: Random, name: string, ids: KnownIds): Json {
  switch (name) {
    case 'ID':
      return random.chance(0.8) && ids.length > 0 ? random.pick(ids) : random.pick(shortTexts);
    case 'Int':
      return random.pick(integers);
    case 'Float':
      return random.pick(integers) / 8;
    case 'Boolean':
      return random.chance(0.5);
    case 'DateTime':
      return random.pick(moments);
    case 'Date':
      return random.pick(days);
    case 'LocalTime':
      return random.pick(times);
    default:
      return random.chance(0.5)
        ? random.pick(['Alice', 'Chen', 'a', 'text of some words'])
        : random.pick(shortTexts);
  }
}

/** A value as GraphQL writes it; enum values, which are strings in JSON, without quotes where the type says so. */
export function literalOf(value: Json, type: GraphQLInputType): string {
  const nullable = getNullableType(type);
  if (Array.isArray(value)) {
    const inner = isListType(nullable) ? nullable.ofType : type;
    return `[${(value as readonly Json[]).map((item) => literalOf(item, inner)).join(' ')}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const fields = isInputObjectType(nullable) ? nullable.getFields() : {};
    return `{${Object.entries(value)
      .map(([name, inner]: [string, Json]) => `${name}: ${literalOf(inner, fields[name]?.type ?? type)}`)
      .join(' ')}}`;
  }
  if (typeof value === 'string' && isEnumType(nullable)) return value;
  return JSON.stringify(value);
}
