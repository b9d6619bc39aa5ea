import { getNamedType, isObjectType, type GraphQLObjectType } from 'graphql';
import { fullSelection, requiredArguments } from './api-literals.js';
import { api } from './root-field-requests.js';

/** A request for every field of one record, by the shortest way from a query to its type. */
export interface RecordRead {
  readonly type: string;
  /** The fields that lead to the record, from the root on. */
  readonly path: readonly string[];
  readonly fields: readonly string[];
  readonly request: string;
}

/** Whether a way may lead through a field. */
export type IsOpen = (type: string, field: string) => boolean;

/**
 * The read of a record for every object type that queries lead to through open fields. `calls` has, by query, the
 * arguments that find a record, or null for a query that is not gone through.
 */
export function recordReads(
  calls: Readonly<Record<string, string | null>>,
  isOpen: IsOpen = () => true,
): RecordRead[] {
  const reads = new Map<string, RecordRead>();
  const query = api.getQueryType();
  let level = query == null ? [] : stepsFrom(query, calls, isOpen, { path: [], open: '{', close: '}' });
  while (level.length > 0) {
    const found = level.filter(({ type }, index) => {
      const isFirst = level.findIndex((other) => other.type === type) === index;
      return isFirst && !reads.has(type.name);
    });
    for (const { type, path, open, close } of found) {
      const fields = Object.keys(type.getFields());
      reads.set(type.name, {
        type: type.name,
        path,
        fields,
        request: `${open} ${fullSelection(type)} ${close}`,
      });
    }
    level = found.flatMap(({ type, path, open, close }) =>
      stepsFrom(type, {}, isOpen, { path, open: `${open} {`, close: `} ${close}` }),
    );
  }
  return [...reads.values()];
}

interface Way {
  readonly path: readonly string[];
  readonly open: string;
  readonly close: string;
}

function stepsFrom(
  type: GraphQLObjectType,
  calls: Readonly<Record<string, string | null>>,
  isOpen: IsOpen,
  { path, open, close }: Way,
): (Way & { readonly type: GraphQLObjectType })[] {
  return Object.values(type.getFields()).flatMap((field) => {
    const to = getNamedType(field.type);
    const call = calls[field.name];
    if (!isObjectType(to) || call === null || !isOpen(type.name, field.name)) return [];
    const step = `${field.name}${call ?? requiredArguments(field)}`;
    return [{ type: to, path: [...path, field.name], open: `${open} ${step}`, close }];
  });
}

/** What an answer has at the end of a path, in the first item of each list on the way. */
export function recordAt(data: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => {
    const child: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : null;
    return Array.isArray(child) ? (child as unknown[])[0] : child;
  }, data);
}
