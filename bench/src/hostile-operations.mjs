import { readFileSync } from 'node:fs';

/**
 * A request that costs its sender nothing.
 *
 * @typedef {object} HostileOperation
 * @property {string} name
 * @property {(index: number) => { query: string, variables?: object }} request another one for each index, so that no
 *   cache has it
 */

const folder = new URL('../../gateway/operations/', import.meta.url);

/** What an app sends, over and over the same. @type {HostileOperation} */
export const benignOperation = {
  name: "benign: a doctor's day",
  request: () => ({
    query: readFileSync(new URL('doctors-day.graphql', folder), 'utf8'),
    variables: { doctorId: '2', from: '2026-11-23T00:00:00Z', to: '2026-11-24T00:00:00Z' },
  }),
};

/** @param {number} count @param {(index: number) => string} make */
const many = (count, make) => Array.from({ length: count }, (_, index) => make(index)).join(' ');

/** Fragments that each spread the next one twice. @param {number} levels */
const doubling = (levels) =>
  many(levels, (level) => `fragment F${level} on Query { ...F${level + 1} ...F${level + 1} }`) +
  ` fragment F${levels} on Query { me { id } }`;

/** @param {number} levels */
const nesting = (levels) =>
  'patient(id: "1") { ' +
  'appointments(first: 100) { edges { node { patient { '.repeat(levels) +
  'id' +
  ' } } } }'.repeat(levels) +
  ' }';

/** @type {readonly HostileOperation[]} */
export const hostileOperations = [
  {
    name: '400 aliases',
    request: (index) => ({
      query: `query Q${index} { ${many(400, (alias) => `a${alias}: patient(id: "${alias}") { fullName }`)} }`,
    }),
  },
  {
    name: 'pages in pages, 401 levels',
    request: (index) => ({ query: `query Q${index} { ${nesting(100)} }` }),
  },
  {
    name: 'fragments in a circle',
    request: (index) => ({
      query:
        `query Q${index} { ...F0 } ` +
        many(150, (each) => `fragment F${each} on Query { me { id } ...F${(each + 1) % 150} }`),
    }),
  },
  {
    name: 'fragments that double, 18 times',
    request: (index) => ({ query: `query Q${index} { ...F0 } ${doubling(18)}` }),
  },
  {
    name: 'fragments that double, 40 times',
    request: (index) => ({ query: `query Q${index} { ...F0 } ${doubling(40)}` }),
  },
  {
    name: '1,000 fragments that overlap',
    request: (index) => ({
      query:
        `query Q${index} { ${many(1_000, (each) => `...F${each}`)} } ` +
        many(1_000, (each) => `fragment F${each} on Query { me { id } }`),
    }),
  },
  {
    name: '80,000 tokens',
    request: (index) => ({ query: `query Q${index} { ${'__typename '.repeat(80_000)} }` }),
  },
  {
    name: '60,000 values in a variable',
    request: (index) => ({
      query: `query Q${index}($filter: AppointmentFilter) { appointments(filter: $filter) { totalCount } }`,
      variables: { filter: { status: Array.from({ length: 60_000 }, () => 'SCHEDULED'), doctorId: '2' } },
    }),
  },
  {
    name: '50 fragments that overlap, within the limits',
    request: (index) => ({
      query:
        `query Q${index} { me { ${many(50, (each) => `...F${each}`)} } } ` +
        many(50, (each) => `fragment F${each} on User { appointments { totalCount } }`),
    }),
  },
  {
    name: '60 aliases, within the limits',
    request: (index) => ({
      query: `query Q${index} { ${many(15, (alias) => `a${alias}: user(id: "${alias}") { id a: fullName b: fullName c: role appointments(first: 1) { edges { node { patient { id age fullName fullName } } } } }`)} }`,
    }),
  },
];
