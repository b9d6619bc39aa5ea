import {
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type FragmentDefinitionNode,
  type GraphQLAbstractType,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';
import { rootTypeOf } from './client-operation.js';
import { collectFields, type CollectedField } from './collect-fields.js';
import type { FoldedOperation } from './fold-conditions.js';
import { createFlawNotes, type Flaw, type FlawNotes } from './flaws.js';
import { isJsonObject, quote, readerOf, type JsonObject, type Read } from './json.js';
import { leafWriter } from './leaf-writer.js';

/** An answer as text. */
export interface WrittenAnswer {
  /** The JSON of `data`. */
  readonly text: string;
  /** Where the subgraphs' data did not fit the schema, so that null stands there, or further up. */
  readonly flaws: readonly Flaw[];
}

/** Writes the answers of one operation: only what it asks for, in its order, with nulls where the schema wants them. */
export type WriteAnswer = (data: JsonObject) => WrittenAnswer;

/** Writes a value; null where null has to stand for it. */
export type WriteValue = (value: unknown) => string | null;

/** Compiles the writer of an operation, whose conditions have been folded. */
export function compileAnswerWriter(
  schema: GraphQLSchema,
  { operation, fragments }: FoldedOperation,
): WriteAnswer {
  const notes = createFlawNotes();
  const root = rootTypeOf(schema, operation);
  const write = compileObject({ schema, fragments, notes }, root, [operation.selectionSet]);
  return (data) => {
    notes.reset(false);
    const text = write(data) ?? 'null';
    if (!notes.isFlawed()) return { text, flaws: [] };
    // Where is found in a second pass, so that the first, which is nearly always the only one, keeps no count of it.
    notes.reset(true);
    write(data);
    return { text, flaws: notes.flaws() };
  };
}

interface Compilation {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly notes: FlawNotes;
}

function compileOutput(
  compilation: Compilation,
  type: GraphQLOutputType,
  selectionSets: readonly SelectionSetNode[],
  coordinate: string,
): WriteValue {
  const { notes } = compilation;
  if (isNonNullType(type)) {
    const write = compileOutput(compilation, type.ofType, selectionSets, coordinate);
    return (value) => {
      const text = write(value);
      if (text === null) notes.note(`Cannot return null for non-nullable field ${coordinate}.`);
      return text;
    };
  }
  if (isListType(type)) {
    const write = compileOutput(compilation, type.ofType, selectionSets, coordinate);
    return compileList(notes, write, isNonNullType(type.ofType), coordinate);
  }
  if (isLeafType(type)) return leafWriter(type, coordinate, notes);
  const write = isAbstractType(type)
    ? compileAbstract(compilation, type, selectionSets, coordinate)
    : compileObject(compilation, type, selectionSets);
  return (value) => {
    if (value === null || value === undefined) return null;
    if (isJsonObject(value)) return write(value);
    notes.note(`The value of the field ${coordinate} is no object.`);
    return null;
  };
}

function compileList(
  notes: FlawNotes,
  write: WriteValue,
  isNonNull: boolean,
  coordinate: string,
): WriteValue {
  return (value) => {
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) {
      notes.note(`The value of the field ${coordinate} is no list.`);
      return null;
    }
    let text = '[';
    for (let index = 0; index < value.length; index += 1) {
      notes.enter(index);
      const element = write(value[index]);
      if (element === null && !isNonNull) notes.noteNull();
      notes.leave();
      if (element === null && isNonNull) return null;
      text += index === 0 ? (element ?? 'null') : `,${element ?? 'null'}`;
    }
    return `${text}]`;
  };
}

interface WrittenField {
  readonly responseName: string;
  /** What comes before the value: a comma but for the first, the name, a colon. */
  readonly prefix: string;
  readonly isNonNull: boolean;
  readonly read: Read;
  readonly write: WriteValue;
}

type WriteObject = (value: JsonObject) => string | null;

/** Of an abstract type: a writer for objects that do not say what they are, which may have what all of them have. */
function compileObject(
  compilation: Compilation,
  type: GraphQLCompositeType,
  selectionSets: readonly SelectionSetNode[],
): WriteObject {
  const { schema, fragments } = compilation;
  const collected = collectFields(schema, fragments, type, selectionSets);
  return writeFields(
    compilation.notes,
    collected.map((field, index) => compileField(compilation, type, field, index)),
  );
}

function writeFields(notes: FlawNotes, fields: readonly WrittenField[]): WriteObject {
  if (fields.length === 0) return () => '{}';
  return (value) => {
    let text = '{';
    for (const { responseName, prefix, isNonNull, read, write } of fields) {
      notes.enter(responseName);
      const written = write(read(value));
      if (written === null && !isNonNull) notes.noteNull();
      notes.leave();
      if (written === null && isNonNull) return null;
      text += prefix + (written ?? 'null');
    }
    return `${text}}`;
  };
}

function compileField(
  compilation: Compilation,
  type: GraphQLCompositeType,
  { responseName, nodes: [node, ...others] }: CollectedField,
  index: number,
): WrittenField {
  const name = node.name.value;
  const common = {
    responseName,
    prefix: `${index === 0 ? '' : ','}${quote(responseName)}:`,
    read: readerOf(responseName),
  };
  if (name === '__typename') {
    const text = isObjectType(type) ? quote(type.name) : null;
    const { notes } = compilation;
    const write = (): string | null => {
      if (text === null) notes.note(`Nothing says which type of ${type.name} the value has.`);
      return text;
    };
    return { ...common, isNonNull: true, write };
  }
  if (name === SchemaMetaFieldDef.name || name === TypeMetaFieldDef.name) {
    return { ...common, isNonNull: false, write: (value) => JSON.stringify(value ?? null) };
  }
  const definition = isUnionType(type) ? undefined : type.getFields()[name];
  if (definition === undefined) throw new Error(`The type ${type.name} has no field ${name}.`);
  const selectionSets = [node, ...others].flatMap(({ selectionSet }) => selectionSet ?? []);
  return {
    ...common,
    isNonNull: isNonNullType(definition.type),
    write: compileOutput(compilation, definition.type, selectionSets, `${type.name}.${name}`),
  };
}

function compileAbstract(
  compilation: Compilation,
  type: GraphQLAbstractType,
  selectionSets: readonly SelectionSetNode[],
  coordinate: string,
): WriteObject {
  const { schema, notes } = compilation;
  // An interface that is an object in some subgraph goes by its own name there.
  const writers = new Map<unknown, WriteObject>();
  const writerFor = (typename: unknown): WriteObject | null => {
    if (typename === undefined || typename === type.name)
      return compileObject(compilation, type, selectionSets);
    const named = typeof typename === 'string' ? schema.getType(typename) : undefined;
    const isPossible = isObjectType(named) && schema.isSubType(type, named);
    return isPossible ? compileObject(compilation, named, selectionSets) : null;
  };
  return (value) => {
    const { __typename: typename } = value;
    let write = writers.get(typename) ?? null;
    if (write === null) {
      write = writerFor(typename);
      if (write === null) {
        notes.note(`The value of the field ${coordinate} is of a type that the field cannot have.`);
        return null;
      }
      writers.set(typename, write);
    }
    return write(value);
  };
}
