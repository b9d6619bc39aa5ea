import { fault, type Viewer } from '@caregraph/service-kit';
import { getDirective, mapSchema, MapperKind } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  getNamedType,
  isInputObjectType,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import { inputPolicy, policy } from './policy.js';
import { actorOf, type Actor, type Rule } from './rule.js';

/** What enforcement needs of a request's context. */
export interface PolicyContext {
  readonly viewer: Viewer;
}

type FieldConfig = GraphQLFieldConfig<unknown, PolicyContext>;
type Resolver = GraphQLFieldResolver<unknown, PolicyContext>;

/**
 * The schema with the policy enforced on every field of every object type. Throws at start-up when a field is
 * missing from the table, so that a field that was forgotten cannot be served.
 *
 * Refusals: a field becomes null with a `FORBIDDEN` error at its path, or `UNAUTHENTICATED` for somebody who has
 * not logged in; a mutation that the role does not allow, or an input field that it may not fill in, becomes a
 * `FORBIDDEN` entry of the payload's `userErrors`.
 */
export function enforcePolicy(schema: GraphQLSchema): GraphQLSchema {
  const mutation = schema.getMutationType()?.name;
  const query = schema.getQueryType()?.name;
  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: FieldConfig, field, type) => {
      if (isExternal(schema, config)) return config;
      const rule = policy[type]?.[field];
      if (rule === undefined) throw new Error(`The access policy does not name ${type}.${field}.`);
      if (type === mutation) return { ...config, resolve: guardMutation(config, rule) };
      if (type !== query && isForEveryViewer(rule)) return config;
      return { ...config, resolve: guardField(config, rule) };
    },
  });
}

/** The key fields of another service's entity, which this one only repeats. */
function isExternal(schema: GraphQLSchema, config: FieldConfig): boolean {
  return getDirective(schema, config, 'external') !== undefined;
}

/** Behind a guarded root field there is nobody anonymous, so a rule for all who are signed in needs no check. */
function isForEveryViewer({ allow }: Rule): boolean {
  return (['ADMIN', 'DOCTOR', 'NURSE', 'STAFF', 'SERVICE'] satisfies Actor[]).every((actor) =>
    allow.includes(actor),
  );
}

function guardField(config: FieldConfig, rule: Rule): Resolver {
  const resolve = config.resolve ?? defaultFieldResolver;
  return (source, args, context, info) => {
    const { viewer } = context;
    if (rule.allow.includes(actorOf(viewer)) || (rule.self === true && isSelf(source, viewer))) {
      return resolve(source, args, context, info);
    }
    if (viewer.kind === 'anonymous') throw unauthenticated();
    throw fault('FORBIDDEN', `Your role may not see ${info.parentType.name}.${info.fieldName}.`);
  };
}

function guardMutation(config: FieldConfig, rule: Rule): Resolver {
  const resolve = config.resolve ?? defaultFieldResolver;
  const inputType = getNamedType(config.args?.['input']?.type);
  const inputRules = Object.entries(isInputObjectType(inputType) ? (inputPolicy[inputType.name] ?? {}) : {});
  return (source, args: { readonly input?: Readonly<Record<string, unknown>> }, context, info) => {
    const actor = actorOf(context.viewer);
    if (!rule.allow.includes(actor)) {
      if (actor === 'ANONYMOUS') throw unauthenticated();
      return refused(['Your role may not do this.', null]);
    }
    const denied = inputRules.filter(
      ([name, inputRule]) => args.input?.[name] !== undefined && !inputRule.allow.includes(actor),
    );
    if (denied.length > 0) {
      return refused(...denied.map(([name]) => ['Your role may not fill this in.', [name]] as const));
    }
    return resolve(source, args, context, info);
  };
}

function refused(
  ...reasons: readonly (readonly [message: string, field: readonly string[] | null])[]
): object {
  return { userErrors: reasons.map(([message, field]) => ({ code: 'FORBIDDEN', message, field })) };
}

function unauthenticated(): Error {
  return fault('UNAUTHENTICATED', 'Log in first: this needs an access token that is valid.');
}

function isSelf(source: unknown, viewer: Viewer): boolean {
  return (
    viewer.kind === 'user' &&
    typeof source === 'object' &&
    source !== null &&
    'id' in source &&
    source.id === viewer.id
  );
}
