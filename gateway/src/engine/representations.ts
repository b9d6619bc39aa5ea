import { isJsonObject, quote, readerOf, type JsonObject, type Read } from './json.js';
import type { PossibleTypes } from './possible-types.js';
import type { EntityBatch, Requirement } from './query-plan.js';
import { compileRewrites } from './rewrites.js';

/**
 * Writes what a subgraph is told of an entity, as JSON: equal texts are one representation. Null where the object lacks
 * something, or is of a type that the fetch is not for.
 */
export type WriteRepresentation = (entity: JsonObject) => string | null;

/** Compiles what a batch requires, separately for each type that an entity says it is of. */
export function compileRepresentation(
  { requires, inputRewrites }: Pick<EntityBatch, 'requires' | 'inputRewrites'>,
  types: PossibleTypes,
): WriteRepresentation {
  const writers = new Map<string, WriteRepresentation>();
  const rewrite = compileRewrites(inputRewrites, types);

  function writerFor(typename: string): WriteRepresentation {
    const known = writers.get(typename);
    if (known !== undefined) return known;
    const write = compileObject(requires, typename, types);
    const writer: WriteRepresentation =
      rewrite === null
        ? write
        : (entity) => {
            const text = write(entity);
            if (text === null) return null;
            const representation: unknown = JSON.parse(text);
            rewrite(representation);
            return JSON.stringify(representation);
          };
    writers.set(typename, writer);
    return writer;
  }

  return (entity) => {
    const typename = entity['__typename'];
    return typeof typename === 'string' ? writerFor(typename)(entity) : null;
  };
}

interface RequiredField {
  readonly prefix: string;
  readonly read: Read;
  readonly write: (value: unknown) => string;
}

/** A writer for objects of one type; of a type that nothing is required of, none is written. */
function compileObject(
  requires: readonly Requirement[],
  typename: string | null,
  types: PossibleTypes,
): WriteRepresentation {
  const fields = fieldsOf(requires, typename, types).map(([name, selections], index): RequiredField => ({
    prefix: `${index === 0 ? '{' : ','}${quote(name)}:`,
    read: readerOf(name),
    write: selections === null ? writeValue : compileNested(selections, types),
  }));
  if (typename !== null && fields.length === 0) return () => null;
  return (entity) => {
    let text = '';
    for (const { prefix, read, write } of fields) {
      const value = read(entity);
      if (value === undefined) return null;
      text += prefix + write(value);
    }
    return `${text}}`;
  };
}

/** A writer for what a representation has inside, which may be of any type, and is null where it lacks something. */
function compileNested(requires: readonly Requirement[], types: PossibleTypes): (value: unknown) => string {
  const writers = new Map<string | null, WriteRepresentation>();
  const write = (value: unknown): string => {
    if (Array.isArray(value)) return `[${value.map(write).join()}]`;
    if (!isJsonObject(value)) return 'null';
    const { __typename: named } = value;
    const typename = typeof named === 'string' ? named : null;
    let writer = writers.get(typename);
    if (writer === undefined) writers.set(typename, (writer = compileObject(requires, typename, types)));
    return writer(value) ?? 'null';
  };
  return write;
}

/** The fields that are required of objects of a type, each once, with all that is required below it. */
function fieldsOf(
  requires: readonly Requirement[],
  typename: string | null,
  types: PossibleTypes,
  fields = new Map<string, readonly Requirement[] | null>(),
): [name: string, selections: readonly Requirement[] | null][] {
  for (const requirement of requires) {
    if (requirement.kind === 'field') {
      const { name, selections } = requirement;
      fields.set(name, selections === null ? null : [...(fields.get(name) ?? []), ...selections]);
    } else if (typename !== null && types.matches(requirement.type, typename)) {
      fieldsOf(requirement.selections, typename, types, fields);
    }
  }
  return [...fields];
}

function writeValue(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[${value.map(writeValue).join()}]`;
  return JSON.stringify(value);
}
