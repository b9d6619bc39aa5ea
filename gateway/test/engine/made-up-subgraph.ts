import { buildSubgraphSchema } from '@apollo/subgraph';
import type { GraphQLResolverMap } from '@apollo/subgraph/dist/schema-helper/resolverMap.js';
import {
  execute,
  getNamedType,
  getNullableType,
  GraphQLError,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  Kind,
  parse,
  type ExecutionResult,
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { createHash } from 'node:crypto';

/** What objects are made of: their type, and what tells them from all others of it. */
interface MadeUp {
  readonly __typename: string;
  readonly identity: string;
  /** What a subgraph was told of it, where it was asked for it as an entity. */
  readonly told?: Readonly<Record<string, unknown>>;
}

/** Whether a field fails, of an object. */
export type FailsAt = (typename: string, identity: string, field: string) => boolean;

export interface MadeUpOptions {
  /** All types, to choose those of abstract fields from. */
  readonly supergraph: GraphQLSchema;
  readonly failsAt: FailsAt;
  /** Is told of each root field of a mutation when it is carried out. */
  readonly onMutation: (coordinate: string) => void;
}

/** Answers the requests of a gateway. */
export type AnswerRequest = (request: {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
}) => Promise<ExecutionResult>;

/**
 * A subgraph that makes up what it answers. A value follows from the type, the identity and the field alone, so that
 * all subgraphs agree about it; and the texts among them tell the identity, so that any of them makes a key. What a
 * subgraph is told because it `@requires` it shows in what it answers.
 */
export function createMadeUpSubgraph(sdl: string, options: MadeUpOptions): AnswerRequest {
  const typeDefs = parse(sdl);
  const resolveReference = (
    told: Readonly<Record<string, unknown>> & { readonly __typename: string },
    _: unknown,
    { schema: own }: { readonly schema: GraphQLSchema },
  ): MadeUp => {
    const identity = identityIn(told);
    return { __typename: typeOf(own, options.supergraph, told.__typename, identity), identity, told };
  };
  const resolvers = Object.fromEntries(
    typeDefs.definitions.flatMap((definition) => {
      if (!('name' in definition) || definition.name === undefined) return [];
      const isEntity =
        definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION;
      const hasKey = isEntity && definition.directives?.some(({ name }) => name.value === 'key');
      const isAbstract =
        definition.kind === Kind.INTERFACE_TYPE_DEFINITION || definition.kind === Kind.UNION_TYPE_DEFINITION;
      return [
        [
          definition.name.value,
          {
            ...(hasKey === true && { __resolveReference: resolveReference }),
            ...(isAbstract && { __resolveType: (object: MadeUp) => object.__typename }),
          },
        ],
      ];
    }),
  );
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: resolvers as GraphQLResolverMap<unknown> }]);
  return createMadeUpGraph(schema, options, requirementsOf(sdl));
}

/** A whole graph that makes up what it answers, as if there were no subgraphs. */
export function createMadeUpGraph(
  schema: GraphQLSchema,
  { supergraph, failsAt, onMutation }: MadeUpOptions,
  required: ReadonlyMap<string, readonly string[]> = new Map(),
): AnswerRequest {
  const resolveField: GraphQLFieldResolver<MadeUp | undefined, unknown, Record<string, unknown>> = (
    source,
    args,
    _,
    { parentType, fieldName, returnType },
  ) => {
    const { identity, told = {} } = source ?? { identity: '' };
    const coordinate = `${parentType.name}.${fieldName}`;
    if (parentType === schema.getMutationType()) onMutation(coordinate);
    if (failsAt(parentType.name, identity, fieldName)) {
      throw new GraphQLError(`${coordinate} of ${identity} fails`, { extensions: { code: 'FORBIDDEN' } });
    }
    const uses = only(required.get(coordinate) ?? [], told);
    const detail = Object.keys({ ...args, ...uses }).length === 0 ? '' : JSON.stringify([args, uses]);
    return valueFor(returnType, fieldName, identity, detail);
  };

  function valueFor(type: GraphQLOutputType, field: string, identity: string, detail: string): unknown {
    if (!isNonNullType(type) && hashOf(`${field} ${identity} null`) % 12 === 0) return null;
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const length = hashOf(`${field} ${identity} length`) % 4;
      return Array.from({ length }, (_, index) =>
        valueFor(nullable.ofType, `${field}.${index}`, identity, detail),
      );
    }
    const named = getNamedType(nullable);
    if (!isLeafType(named)) {
      const child = `${field}${detail === '' ? '' : `~${hashOf(detail)}`}/${identity}`;
      return { __typename: typeOf(schema, supergraph, named.name, child), identity: child };
    }
    const seed = `${field} ${identity} ${detail}`;
    if (isEnumType(named))
      return pick(
        named
          .getValues()
          .map(({ name }) => name)
          .toSorted(),
        seed,
      );
    return scalarFor(named.name, `${field}/${identity}`, detail, seed);
  }

  return async ({ query, variables = {} }) =>
    execute({
      schema,
      document: parse(query),
      variableValues: variables,
      fieldResolver: resolveField as never,
      typeResolver: (object) => (object as MadeUp).__typename,
    });
}

/** The type of an object of this identity, where one of a type of this name is asked for. */
function typeOf(schema: GraphQLSchema, supergraph: GraphQLSchema, name: string, identity: string): string {
  const known = supergraph.getType(name);
  // An interface that is an object here is asked for by its own name.
  if (!isAbstractType(known) || !isAbstractType(schema.getType(name))) return name;
  const names = supergraph.getPossibleTypes(known).map((type) => type.name);
  return pick(names.toSorted(), `${identity} type`);
}

function scalarFor(type: string, text: string, detail: string, seed: string): unknown {
  switch (type) {
    case 'Int':
      return hashOf(seed) % 1_000;
    case 'Float':
      return (hashOf(seed) % 1_000) / 8;
    case 'Boolean':
      return hashOf(seed) % 2 === 0;
    case 'Json':
      return pick<unknown>([[1, { a: null }], { __proto: 1, 'b"\n': [text] }, 'text', 7.5, false], seed);
    default:
      return detail === '' ? text : `${text}#${detail}`;
  }
}

/** By the coordinates of fields, the names of those that they require. */
function requirementsOf(sdl: string): ReadonlyMap<string, readonly string[]> {
  const required = new Map<string, readonly string[]>();
  for (const definition of parse(sdl).definitions) {
    if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) continue;
    for (const field of definition.fields ?? []) {
      const directive = field.directives?.find(({ name }) => name.value === 'requires');
      const value = directive?.arguments?.[0]?.value;
      if (value?.kind !== Kind.STRING) continue;
      const [selected] = parse(`{ ${value.value} }`).definitions;
      if (selected?.kind !== Kind.OPERATION_DEFINITION) continue;
      required.set(
        `${definition.name.value}.${field.name.value}`,
        selected.selectionSet.selections.flatMap((node) =>
          node.kind === Kind.FIELD ? [node.name.value] : [],
        ),
      );
    }
  }
  return required;
}

function only(names: readonly string[], object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}

/** The identity that the first text in a representation tells. */
function identityIn(told: Readonly<Record<string, unknown>>): string {
  for (const [field, value] of Object.entries(withoutName(told))) {
    const inner = Array.isArray(value) ? (value as unknown[])[0] : value;
    const text =
      typeof inner === 'string'
        ? inner
        : typeof inner === 'object' && inner !== null
          ? identityIn(inner as Record<string, unknown>)
          : '';
    const prefix = /^(\w+)(?:~\d+)?(?:\.\d+)*\/([^#]*)/.exec(text);
    if (prefix?.[1] === field) return prefix[2] ?? '';
  }
  return '';
}

/** An object without what it says of its type, whose names are in one order. */
function withoutName(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const names = Object.keys(object).filter((name) => name !== '__typename');
  return Object.fromEntries(names.toSorted().map((name) => [name, object[name]]));
}

function pick<Item>(items: readonly Item[], seed: string): Item {
  const item = items[hashOf(seed) % items.length];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}

export function hashOf(text: string): number {
  return createHash('md5').update(text).digest().readUInt32LE();
}
