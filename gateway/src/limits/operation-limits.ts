import {
  getOperationAST,
  Kind,
  Lexer,
  OperationTypeNode,
  Source,
  TokenKind,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
} from 'graphql';
import { FragmentCycleError, measureOperation, type OperationSize } from './operation-size.js';
import { refusal } from '../refusal.js';
import { measureVariables } from './variables-size.js';

/** The most that one request may ask for; `Infinity` where there is no limit. */
export interface OperationLimits {
  readonly MAX_TOKENS: number;
  readonly MAX_OPERATIONS: number;
  readonly MAX_FRAGMENTS: number;
  readonly MAX_DEPTH: number;
  readonly MAX_FIELDS: number;
  readonly MAX_ALIASES: number;
  readonly MAX_DIRECTIVES: number;
  readonly MAX_ROOT_FIELDS: number;
  readonly MAX_MUTATIONS: number;
  readonly MAX_COST: number;
  readonly MAX_VARIABLE_VALUES: number;
  readonly MAX_VARIABLE_CHARACTERS: number;
}

/** A document, and what else a request says of what it wants. */
export interface OperationRequest {
  readonly document: DocumentNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * What may be asked of the schema itself, in one operation: twice what the introspection query of graphql-js costs.
 * It has no setting, because it does not grow with what apps need; production turns introspection off.
 */
const introspectionAllowance = 110_000;

const measures: readonly [limit: keyof OperationLimits, size: keyof OperationSize, what: string][] = [
  ['MAX_DEPTH', 'depth', 'levels of fields'],
  ['MAX_FIELDS', 'fields', 'fields'],
  ['MAX_ALIASES', 'aliases', 'aliases'],
  ['MAX_DIRECTIVES', 'directives', 'directives'],
  ['MAX_ROOT_FIELDS', 'rootFields', 'fields at its root'],
  ['MAX_COST', 'cost', 'values that its answer may hold'],
];

/**
 * Throws a GraphQL error when a document has more tokens than it may have. Text that is no GraphQL passes: the parser
 * says better what is wrong with it.
 */
export function checkTokens(source: string, { MAX_TOKENS }: OperationLimits): void {
  const lexer = new Lexer(new Source(source));
  try {
    for (let count = 0; count <= MAX_TOKENS; count += 1) {
      if (lexer.advance().kind === TokenKind.EOF) return;
    }
  } catch {
    return;
  }
  throw excess('The document', MAX_TOKENS, 'tokens', 'MAX_TOKENS');
}

/**
 * Throws a GraphQL error, which names the limit and its value, when a request asks for more than it may. The document
 * need not be valid: this comes before anything whose cost is not linear in its length, as validation and planning.
 */
export function checkOperation(
  { document, operationName, variables }: OperationRequest,
  schema: GraphQLSchema,
  limits: OperationLimits,
): void {
  const { definitions } = document;
  const operations = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  if (operations.length > limits.MAX_OPERATIONS) {
    throw excess('The document', limits.MAX_OPERATIONS, 'operations', 'MAX_OPERATIONS');
  }
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  if (fragments.length > limits.MAX_FRAGMENTS) {
    // Validation compares each with each, also those that have the same name.
    throw excess('The document', limits.MAX_FRAGMENTS, 'fragments', 'MAX_FRAGMENTS');
  }
  const { values, characters } = measureVariables(variables, limits.MAX_VARIABLE_VALUES);
  if (values > limits.MAX_VARIABLE_VALUES) {
    throw excess('The variables', limits.MAX_VARIABLE_VALUES, 'values', 'MAX_VARIABLE_VALUES');
  }
  if (characters > limits.MAX_VARIABLE_CHARACTERS) {
    throw excess('The variables', limits.MAX_VARIABLE_CHARACTERS, 'characters', 'MAX_VARIABLE_CHARACTERS');
  }
  const operation = getOperationAST(document, operationName);
  // Apollo Server answers a request that does not say which operation it means.
  if (operation == null) return;
  const size = measure({ operation, fragments: byName(fragments), variables, schema });
  for (const [limit, name, what] of measures) {
    if (size[name] > limits[limit]) throw excess('The operation', limits[limit], what, limit);
  }
  if (operation.operation === OperationTypeNode.MUTATION && size.rootFields > limits.MAX_MUTATIONS) {
    throw excess('The operation', limits.MAX_MUTATIONS, 'mutations', 'MAX_MUTATIONS');
  }
  if (size.introspectionCost > introspectionAllowance) {
    throw refusal('BAD_USER_INPUT', 'The operation asks too much of the schema itself at once.');
  }
}

function measure(operation: Parameters<typeof measureOperation>[0]): OperationSize {
  try {
    return measureOperation(operation);
  } catch (error) {
    if (error instanceof FragmentCycleError) {
      throw refusal('GRAPHQL_VALIDATION_FAILED', error.message);
    }
    // The stack is used up, which only happens where tokens are not limited.
    if (error instanceof RangeError) throw refusal('BAD_USER_INPUT', 'The operation is nested too deeply.');
    throw error;
  }
}

function byName(fragments: readonly FragmentDefinitionNode[]): Map<string, FragmentDefinitionNode> {
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function excess(what: string, most: number, of: string, setting: string): GraphQLError {
  return refusal(
    'BAD_USER_INPUT',
    `${what} has more than ${most} ${of}, which is the limit here (${setting}).`,
  );
}
