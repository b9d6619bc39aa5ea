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
  type SelectionNode,
} from 'graphql';
import { compileAnswerWriter, type WriteAnswer } from './answer-writer.js';
import { rootTypeOf } from './client-operation.js';
import { collectFields, type CollectedField } from './collect-fields.js';
import { compilePlan } from './compile-plan.js';
import type { FoldedOperation } from './fold-conditions.js';
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

/** Plans and compiles an operation, whose conditions have been folded. */
export async function prepareOperation(
  preparation: Preparation,
  folded: FoldedOperation,
  signal: AbortSignal,
): Promise<PreparedOperation> {
  const { api } = preparation;
  const { operation, fragments } = folded;
  const fields = collectFields(api, fragments, rootTypeOf(api, operation), [operation.selectionSet]);
  const introspected = fields.filter(isIntrospection);
  const fetched = fields.filter((field) => !isIntrospection(field) && nameOf(field) !== '__typename');
  const isQuery = operation.operation === OperationTypeNode.QUERY;
  return {
    isQuery,
    fetch: isQuery
      ? await prepareFields(
          preparation,
          folded,
          fetched.flatMap(({ nodes }) => nodes),
          signal,
        )
      : await prepareInOrder(preparation, folded, fetched, signal),
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
  { types, planner }: Preparation,
  folded: FoldedOperation,
  fields: readonly FieldNode[],
  signal: AbortSignal,
): Promise<Step> {
  const plan = fields.length === 0 ? null : await planner.plan(documentOf(folded, fields), signal);
  return plan === null ? () => Promise.resolve() : compilePlan(plan, types);
}

/** Each root field of a mutation by a plan of its own, one after the other, in the order in which they are written. */
async function prepareInOrder(
  preparation: Preparation,
  folded: FoldedOperation,
  fields: readonly CollectedField[],
  signal: AbortSignal,
): Promise<Step> {
  const steps = await Promise.all(
    fields.map(async ({ nodes }) => ({
      fetch: await prepareFields(preparation, folded, nodes, signal),
      write: compileAnswerWriter(preparation.api, {
        ...folded,
        operation: withSelections(folded.operation, nodes),
      }),
    })),
  );
  return async (run) => {
    for (const { fetch, write } of steps) {
      await fetch(run);
      // Null takes the whole answer then, and what comes after is not carried out.
      if (write(run.data).text === 'null') return;
    }
  };
}

function withSelections(
  operation: OperationDefinitionNode,
  selections: readonly SelectionNode[],
): OperationDefinitionNode {
  return { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } };
}

function nameOf({ nodes: [node] }: CollectedField): string {
  return node.name.value;
}

function isIntrospection(field: CollectedField): boolean {
  return [SchemaMetaFieldDef.name, TypeMetaFieldDef.name].includes(nameOf(field));
}

/** A document of the operation with these root selections, and of the fragments and variables that they use. */
export function documentOf(
  { operation, fragments }: FoldedOperation,
  selections: readonly SelectionNode[],
): DocumentNode {
  const used = new Set<FragmentDefinitionNode>();
  const variables = new Set<string>();
  const follow = (node: SelectionNode | FragmentDefinitionNode): void => {
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
  for (const selection of selections) follow(selection);
  const part: OperationDefinitionNode = {
    ...withSelections(operation, selections),
    variableDefinitions: (operation.variableDefinitions ?? []).filter(({ variable }) =>
      variables.has(variable.name.value),
    ),
  };
  return { kind: Kind.DOCUMENT, definitions: [part, ...used] };
}
