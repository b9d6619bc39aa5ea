import { getDirective, mapSchema, MapperKind } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  getNamedType,
  GraphQLError,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  type GraphQLSchema,
} from 'graphql';
import type { AuditRecorder } from './audit-recorder.js';
import {
  observeEntities,
  observeField,
  observeList,
  observeMutation,
  observeQuery,
  observeRefusal,
  type Observer,
} from './access-observers.js';

/** What recording needs of a request's context. */
export interface AuditContext {
  readonly audit: AuditRecorder;
}

/** The GraphQL types whose records are audited, each with the property that holds the patient's id, if it has one. */
export type AuditedTypes = Readonly<Record<string, string | null>>;

type Arguments = Readonly<Record<string, unknown>>;
type FieldConfig = GraphQLFieldConfig<unknown, AuditContext, Arguments>;
type Resolver = GraphQLFieldResolver<unknown, AuditContext, Arguments>;

/**
 * The schema with everything noted that it gives out of audited records: each of their fields, each list with the
 * number of its records, each record that was asked for by id and not found, and each refusal. Goes around the schema
 * that enforces the policy. A field that fails in any other way gives nothing out.
 */
export function recordAccess(schema: GraphQLSchema, audited: AuditedTypes): GraphQLSchema {
  const query = schema.getQueryType()?.name;
  const mutation = schema.getMutationType()?.name;

  function observersOf(config: FieldConfig, field: string, type: string): Observer[] {
    const coordinate = `${type}.${field}`;
    const answers = getNamedType(config.type).name;
    const node = answers.endsWith('Connection') ? answers.slice(0, -'Connection'.length) : null;
    if (type === mutation) return [observeMutation(coordinate)];
    const list =
      node !== null && Object.hasOwn(audited, node) ? [observeList(coordinate, node, audited[type])] : [];
    if (field === '_entities') return [observeEntities(audited)];
    if (type === query) return [...list, observeQuery(coordinate, answers, audited)];
    const patientId = audited[type];
    return [
      ...list,
      patientId === undefined ? observeRefusal(coordinate) : observeField(type, field, patientId),
    ];
  }

  return mapSchema(schema, {
    [MapperKind.OBJECT_FIELD]: (config: FieldConfig, field, type) => {
      if (getDirective(schema, config, 'external') !== undefined) return config;
      return {
        ...config,
        resolve: observed(config.resolve ?? defaultFieldResolver, observersOf(config, field, type)),
      };
    },
  });
}

/** The resolver, with the observers told what it answered, or with which code it refused. */
function observed(resolve: Resolver, observers: readonly Observer[]): Resolver {
  return (source, args, context, info) => {
    const tell = (value: unknown, refusal: string | null): void => {
      for (const observe of observers) observe({ source, args, value, refusal, audit: context.audit });
    };
    const succeed = (value: unknown): unknown => {
      tell(value, null);
      return value;
    };
    const fail = (error: unknown): never => {
      const code = error instanceof GraphQLError ? error.extensions['code'] : undefined;
      if (code === 'FORBIDDEN' || code === 'UNAUTHENTICATED') tell(null, code);
      throw error;
    };
    let value: unknown;
    try {
      value = resolve(source, args, context, info);
    } catch (error) {
      return fail(error);
    }
    return value instanceof Promise ? value.then(succeed, fail) : succeed(value);
  };
}
