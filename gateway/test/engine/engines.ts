import { ApolloGateway } from '@apollo/gateway';
import { createLogger } from '@caregraph/service-kit';
import { buildASTSchema, getOperationAST, GraphQLError, parse, validate, type GraphQLSchema } from 'graphql';
import { createHash } from 'node:crypto';
import type { Engine } from '../../src/engine/engine.js';
import { loadHivePlanner } from '../../src/engine/hive-planner.js';
import { createSupergraphEngine } from '../../src/engine/supergraph-engine.js';
import { createSubgraphDataSource } from '../../src/subgraphs/subgraph-data-source.js';
import type { Subgraph, SubgraphError } from '../../src/subgraphs/subgraph-request.js';
import { composeSupergraph } from '../../src/supergraph/compose.js';
import {
  createMadeUpGraph,
  createMadeUpSubgraph,
  hashOf,
  type FailsAt,
  type MadeUpOptions,
} from './made-up-subgraph.js';

/** An operation, and its variables. */
export interface Operation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** What is made to go wrong; equal faults meet all engines alike. */
export interface Faults {
  readonly failsAt: FailsAt;
  /** Whether a subgraph cannot be reached. */
  readonly isDown: (subgraph: string) => boolean;
}

/** What came of an operation. */
export interface Outcome {
  readonly data: unknown;
  /** The errors, each as its place and its code, in alphabetical order, each once. */
  readonly errors: readonly string[];
  /** The root fields of mutations, in the order in which the subgraphs carried them out. */
  readonly mutations: readonly string[];
}

/** One supergraph, which each engine can be asked. */
export interface Engines {
  readonly api: GraphQLSchema;
  /** What Apollo's own gateway makes of an operation. */
  stock(operation: Operation, faults?: Faults): Promise<Outcome>;
  /** What a graph that is not divided makes of it. */
  whole(operation: Operation): Promise<Outcome>;
  /** What the engine makes of it, by a planner's plan. */
  engine(planner: 'apollo' | 'hive', operation: Operation, faults?: Faults): Promise<Outcome>;
}

export const noFaults: Faults = { failsAt: () => false, isDown: () => false };

const logger = createLogger('test', 'silent');

/** Composes contracts, and starts the engines over subgraphs that make up what they answer. */
export async function startEngines(contracts: Readonly<Record<string, string>>): Promise<Engines> {
  const parts = Object.entries(contracts).map(([name, body]) => ({ name, url: '', sdl: link + body }));
  const { supergraphSdl } = composeSupergraph(parts);
  const supergraph = buildASTSchema(parse(supergraphSdl), { assumeValidSDL: true });
  let faults = noFaults;
  let mutations: string[] = [];
  const madeUp: MadeUpOptions = {
    supergraph,
    failsAt: (...place) => faults.failsAt(...place),
    onMutation: (coordinate) => mutations.push(coordinate),
  };
  const subgraphs = new Map(
    parts.map(({ name, sdl }): [string, Subgraph] => {
      const answer = createMadeUpSubgraph(sdl, madeUp);
      return [name, subgraphOf(name, answer, () => faults.isDown(name))];
    }),
  );
  const subgraph = (name: string): Subgraph => {
    const known = subgraphs.get(name);
    if (known === undefined) throw new Error(`There is no subgraph ${name}.`);
    return known;
  };
  const gateway = new ApolloGateway({
    ...{ supergraphSdl, logger },
    buildService: ({ name }) => createSubgraphDataSource(subgraph(name)),
  });
  const { schema: api, executor } = await gateway.load();
  const whole = createMadeUpGraph(api, madeUp);
  const HivePlanner = await loadHivePlanner(logger);
  if (HivePlanner === null) throw new Error('There is no native planner here.');
  const common = { supergraphSdl, api, plansKept: 1_000, planningTimeout: 10_000, logger };
  const engines: Readonly<Record<'apollo' | 'hive', Engine>> = {
    apollo: createSupergraphEngine({ ...common, HivePlanner: null }),
    hive: createSupergraphEngine({ ...common, HivePlanner }),
  };

  async function observe(
    given: Faults,
    run: () => Promise<Pick<Outcome, 'data' | 'errors'>>,
  ): Promise<Outcome> {
    faults = given;
    mutations = [];
    const outcome = await run();
    return { ...outcome, mutations };
  }

  return {
    api,
    stock: (operation, given = noFaults) =>
      observe(given, async () => {
        const request = requestOf(api, operation);
        const { data, errors = [] } = await executor({
          ...request,
          ...{ schema: api, source: operation.query, logger, metrics: {}, context, operationName: null },
          request: { query: operation.query, variables: { ...operation.variables } },
        } as unknown as Parameters<typeof executor>[0]);
        return { data: JSON.parse(JSON.stringify(data ?? null)) as unknown, errors: toPlaces(errors) };
      }),
    whole: (operation) =>
      observe(noFaults, async () => {
        const { data = null, errors = [] } = await whole(operation);
        return { data: JSON.parse(JSON.stringify(data)) as unknown, errors: toPlaces(errors) };
      }),
    engine: (planner, operation, given = noFaults) =>
      observe(given, async () => {
        const { document, operation: node, queryHash } = requestOf(api, operation);
        const { data = 'null', errors } = await engines[planner].execute({
          ...{ document, operation: node, key: queryHash, variables: operation.variables },
          send: () => (name, request) => subgraph(name).send(request, callOf()),
        });
        return { data: JSON.parse(data) as unknown, errors: toPlaces(errors) };
      }),
  };
}

const link = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [
    "@key", "@external", "@requires", "@provides", "@shareable", "@override", "@inaccessible", "@interfaceObject"
  ])`;

const context = { deadline: new AbortController().signal, clientGone: new AbortController().signal };

function callOf() {
  const call = {
    viewer: { kind: 'anonymous' },
    client: { address: null, userAgent: null },
    requestId: 'r',
  } as const;
  return { call, isShareable: false, abandoned: undefined, deadline: context.deadline };
}

function requestOf(schema: GraphQLSchema, { query }: Operation) {
  const document = parse(query);
  const operation = getOperationAST(document);
  const problems = operation == null ? ['It has no operation.'] : validate(schema, document);
  if (operation == null || problems.length > 0) throw new Error(`${query} is not valid: ${problems.join()}`);
  return { document, operation, queryHash: createHash('sha256').update(query).digest('hex') };
}

function subgraphOf(
  name: string,
  answer: ReturnType<typeof createMadeUpSubgraph>,
  isDown: () => boolean,
): Subgraph {
  return {
    async send({ body, places }) {
      // As it goes over the wire.
      const request = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
      if (isDown()) {
        const error = {
          message: `The ${name} service is unavailable.`,
          extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' },
        };
        return { data: null, errors: places().map((path) => ({ ...error, path })) };
      }
      const { data = null, errors = [] } = await answer(request);
      return {
        data: JSON.parse(JSON.stringify(data)) as Record<string, unknown> | null,
        errors: errors.map(({ message, path, extensions }): SubgraphError => {
          const code = extensions['code'];
          // A request that makes no sense to the subgraph is a fault of the engine that no test may miss.
          if (typeof code !== 'string')
            throw new GraphQLError(`${name} was asked what it does not know: ${message}\n${body}`);
          return { message, ...(path !== undefined && { path }), extensions: { code } };
        }),
      };
    },
  };
}

/** What the engine says of values that do not fit the schema. */
const ownErrors =
  /^(Cannot return null|The value of the field|The field .* cannot have|Nothing says which type)/;

function toPlaces(errors: readonly GraphQLError[]): string[] {
  // Stock does not tell of nulls that it puts where the data does not fit the schema.
  const told = errors.filter(({ message }) => !ownErrors.test(message));
  const all = told.map(({ path, extensions, message }) => {
    const code = extensions['code'];
    // Of all that a request lacks that came to nothing, one field is named; which, depends on the plan.
    const named = code === 'DOWNSTREAM_SERVICE_ERROR' ? path?.slice(0, -1) : path;
    // Stock takes one element for another where one before it was not asked for.
    const place = named?.map((segment) => (typeof segment === 'number' ? '@' : segment));
    return `${place?.join('.') ?? message} ${typeof code === 'string' ? code : message}`;
  });
  return [...new Set(all)].toSorted();
}

/** Faults that follow from a seed: one field in so many fails, and one subgraph in so many is away. */
export function faultsOf(seed: string, oneFieldIn: number, oneSubgraphIn: number): Faults {
  return {
    failsAt: (...place) => hashOf(`${seed} ${place.join(' ')}`) % oneFieldIn === 0,
    isDown: (subgraph) => hashOf(`${seed} ${subgraph}`) % oneSubgraphIn === 0,
  };
}
