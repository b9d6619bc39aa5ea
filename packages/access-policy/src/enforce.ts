import { fault, type Viewer } from '@caregraph/service-kit';
import { getDirective, mapSchema, MapperKind } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  type GraphQLError,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
} from 'graphql';
import { checkInputRules, deniedInputs, hasInputs } from './input-rules.js';
import { owners, policy, type Policy } from './policy.js';
import { decide, mayAct, type Rule } from './rule.js';

/** What enforcement needs of a request's context. */
export interface PolicyContext {
  readonly viewer: Viewer;
}

type FieldConfig = GraphQLFieldConfig<unknown, PolicyContext, Readonly<Record<string, unknown>>>;
type Resolver = GraphQLFieldResolver<unknown, PolicyContext, Readonly<Record<string, unknown>>>;

const table: Policy = policy;

/**
 * The schema with the policy enforced on every field of every object type, and on every input field of their
 * arguments. Throws at start-up when one is missing from the table, so that what was forgotten cannot be served.
 *
 * Refusals: a field becomes null with a `FORBIDDEN` error at its path, or `UNAUTHENTICATED` for somebody who has
 * not logged in; a mutation that the user's role does not allow, or an input field that it may not fill in, becomes
 * a `FORBIDDEN` entry of the payload's `userErrors`. Where the table says `own` of a mutation or an input field, only
 * the service knows whose record it is, and asks `mayAct` itself.
 */
export function enforcePolicy(schema: GraphQLSchema): GraphQLSchema {
  const query = schema.getQueryType()?.name;
  const mutation = schema.getMutationType()?.name;
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: FieldConfig, field, type) => {
      if (isExternal(schema, config)) return config;
      checkInputRules(config.args);
      if (type === mutation) {
        return { ...config, resolve: guardMutation(config, named(table.mutate[field], type, field)) };
      }
      const rule = named(type === query ? table.query[field] : table.read[type]?.[field], type, field);
      const owner = owners[type];
      // Of a query, too: which records it finds is said under `find`, and the service asks.
      if (owner === undefined && Object.values(rule).includes('own')) {
        throw new Error(`The access policy does not say whose a ${type} is, but needs it for ${field}.`);
      }
      return { ...config, resolve: guardField(config, rule, owner) };
    },
  });
}

function named(rule: Rule | undefined, type: string, field: string): Rule {
  if (rule === undefined) throw new Error(`The access policy does not name ${type}.${field}.`);
  return rule;
}

/** The key fields of another service's entity, which this one only repeats. */
function isExternal(schema: GraphQLSchema, config: FieldConfig): boolean {
  return getDirective(schema, config, 'external') !== undefined;
}

function guardField(config: FieldConfig, rule: Rule, owner?: string): Resolver {
  const resolve = config.resolve ?? defaultFieldResolver;
  const takesInputs = hasInputs(config.args);
  return (source, args, context, info) => {
    const { viewer } = context;
    if (!mayAct(viewer, rule, owner === undefined ? null : idOf(source, owner))) {
      if (viewer.kind === 'anonymous') throw unauthenticated();
      throw fault('FORBIDDEN', `Your role may not see ${coordinateOf(info)}.`);
    }
    const [denied] = takesInputs ? deniedInputs(config.args, args, viewer) : [];
    if (denied !== undefined) {
      throw fault('FORBIDDEN', `Your role may not fill in ${denied.join('.')} of ${coordinateOf(info)}.`);
    }
    return resolve(source, args, context, info);
  };
}

function guardMutation(config: FieldConfig, rule: Rule): Resolver {
  const resolve = config.resolve ?? defaultFieldResolver;
  return (source, args, context, info) => {
    const { viewer } = context;
    if (decide(viewer, rule) === 'no') {
      if (viewer.kind === 'user') return refused(['Your role may not do this.', null]);
      throw viewer.kind === 'anonymous'
        ? unauthenticated()
        : fault('FORBIDDEN', `The ${viewer.name} service may not do this in its own name.`);
    }
    const denied = deniedInputs(config.args, args, viewer);
    if (denied.length > 0) {
      // Errors are about places within the one argument, `input`.
      return refused(...denied.map(([, ...path]): Refusal => ['Your role may not fill this in.', path]));
    }
    return resolve(source, args, context, info);
  };
}

type Refusal = readonly [message: string, field: readonly string[] | null];

function refused(...reasons: readonly Refusal[]): object {
  return { userErrors: reasons.map(([message, field]) => ({ code: 'FORBIDDEN', message, field })) };
}

function coordinateOf({ parentType, fieldName }: GraphQLResolveInfo): string {
  return `${parentType.name}.${fieldName}`;
}

/** What somebody who has not logged in is told of everything that needs it. */
export function unauthenticated(): GraphQLError {
  return fault('UNAUTHENTICATED', 'Log in first: this needs an access token that is valid.');
}

/** The number in a property of a record; null where there is none. */
function idOf(source: unknown, property: string): number | null {
  const id: unknown = typeof source === 'object' && source !== null ? Reflect.get(source, property) : null;
  return typeof id === 'number' ? id : null;
}
