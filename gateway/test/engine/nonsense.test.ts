import { createLogger } from '@caregraph/service-kit';
import { buildSchema, getOperationAST, parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.js';
import { loadHivePlanner } from '../../src/engine/hive-planner.js';
import { createSupergraphEngine } from '../../src/engine/supergraph-engine.js';
import type { SubgraphAnswer } from '../../src/subgraphs/subgraph-request.js';
import { composeSupergraph } from '../../src/supergraph/compose.js';

const logger = createLogger('test', 'silent');

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])`;
const contracts = {
  wards: `${link}
    type Query { wards: [Ward!] first: Ward }
    type Ward @key(fields: "id") { id: ID! name: String! }`,
  beds: `${link}
    type Ward @key(fields: "id") { id: ID! beds: Int! free: [Bed!] }
    type Bed { number: Int! }`,
};

let engine: Engine;

beforeAll(async () => {
  const { supergraphSdl, apiSdl } = composeSupergraph(
    Object.entries(contracts).map(([name, sdl]) => ({ name, url: '', sdl })),
  );
  const HivePlanner = await loadHivePlanner(logger);
  if (HivePlanner === null) throw new Error('There is no native planner here.');
  const options = { supergraphSdl, HivePlanner, plansKept: 10, planningTimeout: 10_000, logger };
  engine = createSupergraphEngine({ ...options, api: buildSchema(apiSdl) });
});

const wards = [
  { __typename: 'Ward', id: '1', name: 'North' },
  { __typename: 'Ward', id: '2', name: 'South' },
];

/** What the engine makes of `{ wards { name beds free { number } } }`, and what it asks the beds. */
async function ask(answers: { wards?: unknown; beds: unknown }) {
  const document = parse('{ wards { name beds free { number } } }');
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('The document has an operation.');
  const asked: unknown[] = [];
  const given: Record<string, unknown> = { wards: { wards }, ...answers };
  const { data = 'null', errors } = await engine.execute({
    ...{ document, operation, key: 'wards', variables: {} },
    send: () => (subgraph, request) => {
      if (subgraph === 'beds') asked.push((JSON.parse(request.body) as { variables: unknown }).variables);
      return Promise.resolve({
        data: structuredClone(given[subgraph]) as SubgraphAnswer['data'],
        errors: [],
      });
    },
  });
  const places = errors.map(({ path, extensions }) => `${path?.join('.')} ${String(extensions['code'])}`);
  return { data: JSON.parse(data) as unknown, errors: places, asked };
}

const north = { beds: 2, free: [{ number: 7 }] };
const south = { beds: 1, free: [] };

describe('what a subgraph answers', () => {
  it('goes where it belongs', async () => {
    expect(await ask({ beds: { _entities: [north, south] } })).toEqual({
      data: {
        wards: [
          { name: 'North', ...north },
          { name: 'South', ...south },
        ],
      },
      errors: [],
      asked: [
        {
          representations: [
            { __typename: 'Ward', id: '1' },
            { __typename: 'Ward', id: '2' },
          ],
        },
      ],
    });
  });

  it.each([
    ['too few entities', { _entities: [north] }],
    ['too many entities', { _entities: [north, south, south] }],
    ['no list of entities', { _entities: { 0: north } }],
    ['no entities', {}],
  ])('has %s, and costs its own fields', async (_, beds) => {
    expect(await ask({ beds })).toMatchObject({
      data: { wards: null },
      errors: ['wards.0 DOWNSTREAM_SERVICE_ERROR'],
    });
  });

  it.each([
    ['an entity that is missing', [north, null], 'wards.1.beds'],
    ['an entity that is no object', [north, 'South'], 'wards.1.beds'],
    ['a text for a number', [north, { beds: '1', free: [] }], 'wards.1.beds'],
    ['an object for a list', [north, { beds: 1, free: { number: 1 } }], 'wards.1.free'],
    ['a number for an object', [north, { beds: 1, free: [5] }], 'wards.1.free.0'],
  ])('has %s, and the answer says where', async (_, entities, place) => {
    expect((await ask({ beds: { _entities: entities } })).errors).toEqual([
      `${place} DOWNSTREAM_SERVICE_ERROR`,
    ]);
  });

  it.each([
    ['an object for a list', { wards: { wards: wards[0] } }],
    ['a text for a list', { wards: { wards: 'none' } }],
  ])('has %s of entities, and nobody is asked for them', async (_, given) => {
    const outcome = await ask({ ...given, beds: { _entities: [north] } });
    expect(outcome).toMatchObject({ data: { wards: null }, errors: ['wards DOWNSTREAM_SERVICE_ERROR'] });
  });

  it('stands for all who are the same', async () => {
    const twice = { wards: [wards[0], { ...wards[0], name: 'Again' }] };
    expect(await ask({ wards: twice, beds: { _entities: [north] } })).toEqual({
      data: {
        wards: [
          { name: 'North', ...north },
          { name: 'Again', ...north },
        ],
      },
      errors: [],
      asked: [{ representations: [{ __typename: 'Ward', id: '1' }] }],
    });
  });

  it('changes nothing but the answer, whatever it is called', async () => {
    const hostile = JSON.parse('{"beds":1,"free":[],"__proto__":{"polluted":true}}') as unknown;
    expect(await ask({ beds: { _entities: [north, hostile] } })).toMatchObject({ errors: [] });
    expect('polluted' in {}).toBe(false);
  });
});
