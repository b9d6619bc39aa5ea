import {
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  type GraphQLInputType,
} from 'graphql';

/** Values for one place of an input, as they are written in JSON and in GraphQL. */
export interface Values {
  readonly json: readonly string[];
  readonly literals: readonly string[];
}

const none: Values = { json: [], literals: [] };

/** The same in both languages. */
const both = (...written: string[]): Values => ({ json: written, literals: written });

const composites: Values = {
  json: ['{}', '{"a":{"b":[1]}}', '{"__proto__":{"a":1}}', '[[[[]]]]', '[null]', '[[1],{}]'],
  literals: [
    '{}',
    '{a: {b: [1]}}',
    '{__proto__: {a: 1}}',
    '[[[[]]]]',
    '[null]',
    '$undefined',
    'NaN',
    'Infinity',
  ],
};

const strings = both(
  '"text"',
  '""',
  '"1"',
  '"NaN"',
  '"__proto__"',
  '"constructor"',
  '"\\u0000"',
  '"\\ud800"',
);
/** The last one is 0 where JavaScript reads it as JSON. */
const numbers: Values = {
  json: ['1.5', '-1.5', '1e400', '-1e400', '0.1e1000'],
  literals: ['1.5', '-1.5', '1e400', '-1e400', '0.1e1000', '1e-400'],
};
const booleans = both('true', 'false');

const quoted = (...texts: string[]): Values => both(...texts.map((text) => `"${text}"`));

/** What no DateTime is: days, hours and offsets that do not exist, leap seconds, other formats, ends of time. */
const times = quoted(
  ...['2026-02-30T00:00:00Z', '2025-02-29T00:00:00Z', '0000-01-01T00:00:00Z', '10000-01-01T00:00:00Z'],
  ...['275760-09-13T00:00:00Z', '+275760-09-13T00:00:00.001Z', '-000001-01-01T00:00:00Z'],
  ...['2026-13-01T00:00:00Z', '2026-01-01T24:00:00Z', '2016-12-31T23:59:60Z', '2026-01-01T00:60:00Z'],
  ...['2026-01-01T00:00:00+24:00', '2026-01-01T00:00:00+99:99', '9999-12-31T23:59:59-23:59'],
  ...['0001-01-01T00:00:00+00:01', '2026-01-01T00:00:00', '2026-01-01', 'infinity', '-infinity', 'now'],
  ...['2026-01-01T00:00:00Z\\u0000', ' 2026-01-01T00:00:00Z', '\u0662\u0660\u0662\u0666-01-01T00:00:00Z'],
);

const dates = quoted(
  ...[
    '2026-02-30',
    '1900-02-29',
    '0000-01-01',
    '10000-01-01',
    '275760-09-13',
    '+010000-01-01',
    '-0001-01-01',
  ],
  ...[
    '2026-13-01',
    '2026-00-10',
    '2026-01-00',
    '2026-1-1',
    '20260101',
    '2026-01-01T00:00:00Z',
    'infinity',
    'today',
  ],
);

const wallTimes = quoted(
  '24:01',
  '25:00',
  '9:00',
  '12:60',
  '-1:00',
  '12:00:00',
  '12:00Z',
  'noon',
  '00:00\\u0000',
);

/** What each scalar's coercion must refuse. */
const refusedScalars: Readonly<Record<string, readonly Values[]>> = {
  Int: [strings, numbers, booleans, composites, both('2147483648', '-2147483649', '9007199254740993')],
  Boolean: [strings, numbers, composites, both('0', '1')],
  String: [numbers, booleans, composites, both('1', '-0')],
  ID: [numbers, booleans, composites],
  DateTime: [strings, numbers, booleans, composites, times, both('0', '1', '8640000000000001')],
  Date: [strings, numbers, booleans, composites, dates, both('0', '20260101')],
  LocalTime: [strings, numbers, booleans, composites, wallTimes, both('900')],
};

/** Values that a scalar takes, at the ends of what it takes: what becomes of them is for the services to say. */
const extremeScalars: Readonly<Record<string, Values>> = {
  Int: both('0', '-0', '-1', '-2147483648', '2147483647', '100', '101'),
  Boolean: booleans,
  String: quoted('', ' ', '\\u0000', '\\ud800', '%', '__proto__'),
  ID: {
    json: [
      '""',
      '"abc"',
      '"-1"',
      '-1',
      '0',
      '"007"',
      '99999999999999',
      '"99999999999999"',
      '1e21',
      '"\\u0000"',
    ],
    literals: ['""', '-1', '0', '99999999999999', '123456789012345678901234567890', '"\\ud800"'],
  },
  DateTime: quoted('0001-01-01T00:00:00Z', '9999-12-31T23:59:59.999999999Z', '1969-12-31T23:59:59.5+23:59'),
  Date: quoted('0001-01-01', '9999-12-31', '1582-10-10'),
  LocalTime: quoted('00:00', '24:00', '23:59'),
};

/** What must be refused at a place of this type, before anything is carried out. */
export function refusedValues(type: GraphQLInputType): Values {
  const nulls = isNonNullType(type) ? both('null') : none;
  const nullable = getNullableType(type);
  // A single value stands for a list of it, so that a list refuses what its items do.
  if (isListType(nullable)) {
    const { json, literals } = refusedValues(nullable.ofType);
    const single = (value: string): boolean => !value.startsWith('[') && value !== 'null';
    return join(nulls, {
      json: [...json.filter(single), ...json.map((value) => `[${value}]`)],
      literals: [...literals.filter(single), ...literals.map((value) => `[${value}]`)],
    });
  }
  if (isEnumType(nullable)) {
    const [name = ''] = nullable.getValues().map((value) => value.name);
    const names = { json: ['"NOPE"', `"${name.toLowerCase()}"`, '0'], literals: ['NOPE', `"${name}"`, '0'] };
    return join(nulls, strings, numbers, booleans, composites, names);
  }
  if (isInputObjectType(nullable)) {
    const extra = {
      json: ['{"extra":1}', '{"__proto__":1}', '[]'],
      literals: ['{extra: 1}', '{__typename: 1}', '[]'],
    };
    return join(nulls, strings, numbers, booleans, extra);
  }
  return join(nulls, ...(refusedScalars[nullable.name] ?? []));
}

/** What a place of this type takes, and may lead nowhere. */
export function extremeValues(type: GraphQLInputType): Values {
  const nullable = getNullableType(type);
  const empty = isListType(nullable) ? both('[]') : none;
  const nulls = isNonNullType(type) ? none : both('null');
  const item = isListType(nullable) ? getNullableType(nullable.ofType) : nullable;
  return join(
    nulls,
    empty,
    isEnumType(item) || isInputObjectType(item) ? none : (extremeScalars[String(item)] ?? none),
  );
}

function join(...values: readonly Values[]): Values {
  return {
    json: [...new Set(values.flatMap(({ json }) => json))],
    literals: [...new Set(values.flatMap(({ literals }) => literals))],
  };
}
