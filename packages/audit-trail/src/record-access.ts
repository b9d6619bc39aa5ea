import { getDirective, mapSchema, MapperKind } from '@graphql-tools/utils';
import {
  defaultFieldResolver,
  getNamedType,
  GraphQLError,
  isObjectType,
  type GraphQLFieldConfig,
  type GraphQLFieldResolver,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';
import {
  observeEntities,
  observeField,
  observeMissing,
  observeQuery,
  observeRecords,
  observeRefusal,
  type Observer,
  type Seen,
} from './access-observers.js';
import type { AuditRecorder } from './audit-recorder.js';
import type { AuditedType } from './audited-type.js';
import { observeEdgeCursor, observePage, observePageCursor } from './cursor-observers.js';
import { observeList, observeMutation } from './operation-observers.js';
import { isThenable } from './thenable.js';

/** What recording needs of a request's context. */
export interface AuditContext {
  readonly audit: AuditRecorder;
}

type Arguments = Readonly<Record<string, unknown>>;
type FieldConfig = GraphQLFieldConfig<unknown, AuditContext, Arguments>;
type Resolver = GraphQLFieldResolver<unknown, AuditContext, Arguments>;

/** What stands for a patient, in the service that owns patients and in those that refer to them. */
const patient: AuditedType = { name: 'Patient', patientId: 'id' };
/** The trail itself: that it was searched is noted, each entry that was given out is not. */
const trailEntry: AuditedType = { name: 'AuditEntry', patientId: null };

/**
 * The schema with everything noted that it gives out of audited records: each record and each of its fields, each list
 * with the number of its records, each record that was asked for by id and not found, and each refusal. Goes around
 * the schema that enforces the policy. A field that fails in any other way gives nothing out.
 *
 * `audited` names the types of the service's own records, each with the property that holds the patient's id, if any.
 */
export function recordAccess(
  schema: GraphQLSchema,
  audited: Readonly<Record<string, string | null>>,
): GraphQLSchema {
  const query = schema.getQueryType()?.name;
  const mutation = schema.getMutationType()?.name;
  const types = new Map(
    Object.entries(audited).map(([name, patientId]): [string, AuditedType] => [name, { name, patientId }]),
  );
  const listed = new Map([...types, [trailEntry.name, trailEntry] as const]);

  function observersOf(config: FieldConfig, field: string, parent: string): Observer[] {
    const coordinate = `${parent}.${field}`;
    const answer = getNamedType(config.type);
    if (parent === mutation) return [observeMutation(coordinate, payloadRecord(answer, types))];
    if (field === '_entities') return [observeQuery(coordinate), observeEntities(types)];
    const ofParent = types.get(parent) ?? (parent === patient.name ? patient : null);
    if (parent === 'PageInfo' && (field === 'startCursor' || field === 'endCursor')) {
      return [observePageCursor(field)];
    }
    const edgeOf = field === 'cursor' ? types.get(withoutSuffix(parent, 'Edge')) : undefined;
    if (edgeOf !== undefined) return [observeEdgeCursor(edgeOf)];
    const nodeName = withoutSuffix(answer.name, 'Connection');
    const node = listed.get(nodeName);
    const page = types.get(nodeName);
    const record = types.get(answer.name);
    const parentType = types.get(parent);
    return [
      ...(node === undefined ? [] : [observeList(coordinate, node.name, ofParent?.patientId ?? null)]),
      ...(page === undefined ? [] : [observePage(page)]),
      ...(record === undefined ? [] : [observeRecords(record)]),
      ...(record === undefined || parent !== query ? [] : [observeMissing(coordinate, record)]),
      parent === query
        ? observeQuery(coordinate)
        : parentType === undefined
          ? observeRefusal(parent, field)
          : observeField(parentType, field),
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

/** The type that a connection or an edge is of; of anything else a name that no type has. */
function withoutSuffix(type: string, suffix: 'Connection' | 'Edge'): string {
  return type.endsWith(suffix) ? type.slice(0, -suffix.length) : '';
}

/** The type of the audited record that a mutation's payload holds. */
function payloadRecord(
  payload: GraphQLNamedType,
  types: ReadonlyMap<string, AuditedType>,
): AuditedType | null {
  const fields = isObjectType(payload) ? Object.values(payload.getFields()) : [];
  for (const { type } of fields) {
    const record = types.get(getNamedType(type).name);
    if (record !== undefined) return record;
  }
  return null;
}

/**
 * The resolver, with the observers told what it answered, or with which code it refused. A page has a thousand fields:
 * for one that answers at once, nothing is made but what the observers are told.
 */
function observed(resolve: Resolver, observers: readonly Observer[]): Resolver {
  const tell = (seen: Seen): void => {
    for (const observe of observers) observe(seen);
  };
  const tellRefusal = (error: unknown, source: unknown, args: Arguments, { audit }: AuditContext): void => {
    const code = error instanceof GraphQLError ? error.extensions['code'] : undefined;
    if (code === 'FORBIDDEN' || code === 'UNAUTHENTICATED') {
      tell({ source, args, value: null, refusal: code, audit });
    }
  };
  return (source, args, context, info) => {
    let value: unknown;
    try {
      value = resolve(source, args, context, info);
    } catch (error) {
      tellRefusal(error, source, args, context);
      throw error;
    }
    if (!isThenable(value)) {
      tell({ source, args, value, refusal: null, audit: context.audit });
      return value;
    }
    return Promise.resolve(value).then(
      (awaited) => {
        tell({ source, args, value: awaited, refusal: null, audit: context.audit });
        return awaited;
      },
      (error: unknown) => {
        tellRefusal(error, source, args, context);
        throw error;
      },
    );
  };
}
