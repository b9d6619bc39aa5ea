import {
  executeSync,
  Kind,
  OperationTypeNode,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  visit,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';
import { compileAnswerWriter, type WriteAnswer } from './answer-writer.js';
import type { ClientOperation } from './client-operation.js';
import { collectFields, type CollectedField } from './collect-fields.js';
import { compilePlan } from './compile-plan.js';
import { setOwn, type JsonObject } from './json.js';
import type { Step } from './plan-run.js';
import type { Planner } from './planner.js';
import type { PossibleTypes } from './possible-types.js';

/** An operation, ready to be carried out. */
export interface PreparedOperation {
  readonly isQuery: boolean;
  readonly fetch: Step;
  readonly write: WriteAnswer;
  /** Puts in what is asked of the schema itself. */
  introspect(data: JsonObject, variables: Readonly<Record<string, unknown>>): void;
}

/** What operations are prepared with. */
export interface Preparation {
  /** The schema that clients see. */
  readonly api: GraphQLSchema;
  readonly types: PossibleTypes;
  readonly planner: Planner;
}

type FoldedOperation = Omit<ClientOperation, 'conditions'>;

/** Plans and compiles an operation, whose conditions have been folded. */
export async function prepareOperation(
  preparation: Preparation,
  folded: FoldedOperation,
  signal: AbortSignal,
): Promise<PreparedOperation> {
  const { api } = preparation;
  const { operation, fragments } = folded;
  const root = api.getRootType(operation.operation);
  if (root == null) throw new Error(`The schema has no root type for a ${operation.operation}.`);
  const fields = collectFields(api, fragments, root, [operation.selectionSet]);
  const introspected = fields.filter(isIntrospection);
  const fetched = fields.filter((field) => !isIntrospection(field) && nameOf(field) !== '__typename');
  const isQuery = operation.operation === OperationTypeNode.QUERY;
  // Mutations are carried out one after the other, in the order in which they are written.
  const parts = isQuery ? [fetched] : fetched.map((field) => [field]);
  const steps = await Promise.all(
    parts
      .filter((part) => part.length > 0)
      .map((part) =>
        prepareFields(
          preparation,
          folded,
          part.flatMap(({ nodes }) => nodes),
          signal,
        ),
      ),
  );
  return {
    isQuery,
    async fetch(run) {
      for (const step of steps) {
        await step.fetch(run);
        // Null takes the whole answer then, and what comes after is not carried out.
        if (!isQuery && step.write(run.data).text === 'null') return;
      }
    },
    write: compileAnswerWriter(api, folded),
    introspect(data, variables) {
      for (const { responseName, nodes } of introspected) {
        const result = executeSync({
          schema: api,
          document: documentOf(folded, nodes),
          variableValues: variables,
        });
        setOwn(data, responseName, result.data?.[responseName] ?? null);
      }
    },
  };
}

/** Plans and compiles some of the root fields of an operation. */
async function prepareFields(
  { api, types, planner }: Preparation,
  folded: FoldedOperation,
  fields: readonly FieldNode[],
  signal: AbortSignal,
): Promise<Pick<PreparedOperation, 'fetch' | 'write'>> {
  const plan = await planner.plan(documentOf(folded, fields), signal);
  return {
    fetch: plan === null ? () => Promise.resolve() : compilePlan(plan, types),
    write: compileAnswerWriter(api, { ...folded, operation: withFields(folded.operation, fields) }),
  };
}

function withFields(
  operation: OperationDefinitionNode,
  fields: readonly FieldNode[],
): OperationDefinitionNode {
  return { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections: fields } };
}

function nameOf({ nodes: [node] }: CollectedField): string {
  return node.name.value;
}

function isIntrospection(field: CollectedField): boolean {
  return [SchemaMetaFieldDef.name, TypeMetaFieldDef.name].includes(nameOf(field));
}

/** A document of the operation with these root fields, and of the fragments and variables that they use. */
function documentOf({ operation, fragments }: FoldedOperation, fields: readonly FieldNode[]): DocumentNode {
  const used = new Set<FragmentDefinitionNode>();
  const variables = new Set<string>();
  const follow = (node: FieldNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment === undefined || used.has(fragment)) return;
        used.add(fragment);
        follow(fragment);
      },
      Variable({ name }) {
        variables.add(name.value);
      },
    });
  };
  for (const field of fields) follow(field);
  const part: OperationDefinitionNode = {
    ...withFields(operation, fields),
    variableDefinitions: (operation.variableDefinitions ?? []).filter(({ variable }) =>
      variables.has(variable.name.value),
    ),
  };
  return { kind: Kind.DOCUMENT, definitions: [part, ...used] };
}
