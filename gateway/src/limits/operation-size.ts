import {
  getNamedType,
  getNullableType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
  type NamedTypeNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import { fieldWeights } from './field-weights.js';
import { readPageSize } from './page-size.js';
import { add, nothing, times, type SelectionSize } from './selection-size.js';

/** What an operation asks for, with its fragments put in where they are spread. Numbers may be `Infinity`. */
export interface OperationSize {
  /** How many fields stand one inside the other. */
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
  readonly rootFields: number;
  /** How many values the answer may hold: fields, times the sizes of the pages and lists that they are in. */
  readonly cost: number;
  /** The same for what is asked of the schema itself, which counts in neither depth, fields nor cost. */
  readonly introspectionCost: number;
}

/** An operation, and what it needs to be measured. */
export interface MeasuredOperation {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly schema: GraphQLSchema;
}

/** Fragments that spread each other in a circle, which no answer can follow. */
export class FragmentCycleError extends Error {
  constructor(readonly fragment: string) {
    super(`Cannot spread fragment "${fragment}" within itself.`);
    this.name = 'FragmentCycleError';
  }
}

/** How many entries a list is taken to have when the operation does not say. */
export const assumedListSize = 10;

/**
 * Measures an operation in one walk, in which each fragment is measured once however often it is spread: the time is
 * linear in the length of the document, also where what it expands to is exponential. The document need not be valid.
 * Throws a `FragmentCycleError`.
 */
export function measureOperation({
  operation,
  fragments,
  variables,
  schema,
}: MeasuredOperation): OperationSize {
  const known = new Map<string, SelectionSize | 'being measured'>();

  function measureSelections(
    { selections }: SelectionSetNode,
    type: GraphQLNamedType | undefined,
  ): SelectionSize {
    let sum = nothing;
    for (const selection of selections) {
      const directives = selection.directives?.length ?? 0;
      const part =
        selection.kind === Kind.FIELD
          ? measureField(selection, type?.name, fieldOf(type, selection.name.value, schema))
          : selection.kind === Kind.FRAGMENT_SPREAD
            ? measureFragment(selection.name.value)
            : measureSelections(
                selection.selectionSet,
                selection.typeCondition === undefined ? type : typeNamed(selection.typeCondition),
              );
      sum = add(sum, directives === 0 ? part : { ...part, directives: part.directives + directives });
    }
    return sum;
  }

  function measureFragment(name: string): SelectionSize {
    const fragment = fragments.get(name);
    if (fragment === undefined) return nothing;
    const before = known.get(name);
    if (before === 'being measured') throw new FragmentCycleError(name);
    if (before !== undefined) return before;
    known.set(name, 'being measured');
    const part = measureSelections(fragment.selectionSet, typeNamed(fragment.typeCondition));
    known.set(name, part);
    return part;
  }

  function measureField(
    node: FieldNode,
    parent: string | undefined,
    field: GraphQLField<unknown, unknown> | undefined,
  ): SelectionSize {
    const weight = fieldWeights.get(`${parent ?? ''}.${node.name.value}`) ?? 1;
    const inner =
      node.selectionSet === undefined
        ? nothing
        : measureSelections(node.selectionSet, field && getNamedType(field.type));
    const aliases = inner.aliases + (node.alias === undefined ? 0 : 1);
    const { directives } = inner;
    const pageSize = readPageSize(node, field, operation, variables);
    const isList = node.selectionSet !== undefined && isListType(field && getNullableType(field.type));
    // A page is either the list itself or, in a connection, the lists directly within the field.
    const cost =
      isList && pageSize !== undefined
        ? weight + times(pageSize, inner.costOnce + times(assumedListSize, inner.costPerEntry))
        : weight + inner.costOnce + times(pageSize ?? assumedListSize, inner.costPerEntry);
    if (field === SchemaMetaFieldDef || field === TypeMetaFieldDef) {
      return { ...nothing, aliases, directives, rootFields: 1, introspectionCost: cost };
    }
    return {
      depth: inner.depth + 1,
      fields: inner.fields + 1,
      aliases,
      directives,
      rootFields: 1,
      introspectionCost: inner.introspectionCost,
      costOnce: isList && pageSize === undefined ? 0 : cost,
      costPerEntry: isList && pageSize === undefined ? cost : 0,
    };
  }

  function typeNamed(condition: NamedTypeNode): GraphQLNamedType | undefined {
    return schema.getType(condition.name.value);
  }

  const { costOnce, costPerEntry, ...size } = measureSelections(
    operation.selectionSet,
    schema.getRootType(operation.operation) ?? undefined,
  );
  return { ...size, cost: costOnce + times(assumedListSize, costPerEntry) };
}

/** The definition of a field, the two by which a schema tells of itself among them. */
function fieldOf(
  type: GraphQLNamedType | undefined,
  name: string,
  schema: GraphQLSchema,
): GraphQLField<unknown, unknown> | undefined {
  if (name === SchemaMetaFieldDef.name && type === schema.getQueryType()) return SchemaMetaFieldDef;
  if (name === TypeMetaFieldDef.name && type === schema.getQueryType()) return TypeMetaFieldDef;
  return isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
}
