import {
  Kind,
  type FieldNode,
  type GraphQLField,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql';

/** The arguments by which a field takes the size of its page (Relay's Cursor Connections Specification). */
const pageArguments = ['first', 'last'] as const;

/**
 * How many entries a field is asked for: by a literal, a variable, a default of the variable or of the argument. At
 * least zero; undefined where the field takes no page size, or is not told any.
 */
export function readPageSize(
  node: FieldNode,
  field: GraphQLField<unknown, unknown> | undefined,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): number | undefined {
  for (const name of pageArguments) {
    const definition = field?.args.find((argument) => argument.name === name);
    if (definition === undefined) continue;
    const given = node.arguments?.find((argument) => argument.name.value === name)?.value;
    const sizes = [valueOf(given, operation, variables), definition.defaultValue];
    const size = sizes.find((candidate) => typeof candidate === 'number');
    if (size !== undefined) return Math.max(0, size);
  }
  return undefined;
}

function valueOf(
  node: ValueNode | undefined,
  { variableDefinitions = [] }: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
): unknown {
  if (node?.kind === Kind.INT) return Number(node.value);
  if (node?.kind !== Kind.VARIABLE) return undefined;
  const name = node.name.value;
  if (Object.hasOwn(variables, name)) return variables[name];
  const definition = variableDefinitions.find(({ variable }) => variable.name.value === name);
  return definition?.defaultValue?.kind === Kind.INT ? Number(definition.defaultValue.value) : undefined;
}
