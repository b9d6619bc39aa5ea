import type {
  BatchFetchNode,
  EntityBatchAlias,
  FetchNode,
  FetchNodePathSegment,
  FetchRewrite,
  FlattenNodePathSegment,
  PlanNode as HiveNode,
  QueryPlan,
  RequiresSelection,
} from '@graphql-hive/router-query-planner';
import type { PossibleTypes } from './possible-types.js';
import {
  UnknownPlanError,
  type EntityBatch,
  type Path,
  type PlanNode,
  type Requirement,
  type Rewrite,
} from './query-plan.js';

/** A plan of Hive's planner as the engine carries it out; null where nothing is to be fetched. */
export function readHivePlan({ node }: QueryPlan, types: PossibleTypes): PlanNode | null {
  return node === undefined ? null : readNode(node, [], types);
}

function readNode(node: HiveNode, path: Path, types: PossibleTypes): PlanNode {
  switch (node.kind) {
    case 'Sequence':
      return { kind: 'sequence', nodes: node.nodes.map((inner) => readNode(inner, path, types)) };
    case 'Parallel':
      return { kind: 'parallel', nodes: node.nodes.map((inner) => readNode(inner, path, types)) };
    case 'Flatten':
      return readNode(node.node, [...path, ...node.path.map(readPathSegment)], types);
    case 'Fetch':
      return readFetch(node, path, types);
    case 'BatchFetch':
      return {
        kind: 'entities',
        ...commonPart(node),
        batches: node.entityBatch.aliases.map((batch) => readBatch(batch, path, types)),
      };
    case 'Condition':
    case 'Defer':
    case 'Subscription':
      throw new UnknownPlanError(`The plan has a node of the kind ${node.kind}.`);
  }
}

function commonPart({ serviceName, operation, operationName, variableUsages }: FetchNode | BatchFetchNode) {
  return {
    subgraph: serviceName,
    operation,
    operationName: operationName ?? undefined,
    variables: variableUsages ?? [],
  };
}

function readFetch(node: FetchNode, path: Path, types: PossibleTypes): PlanNode {
  const { requires } = node;
  if (requires === undefined) {
    const outputRewrites = (node.outputRewrites ?? []).map(readRewrite);
    return { kind: 'fields', ...commonPart(node), path, outputRewrites };
  }
  const only = { ...node, requires, alias: '_entities', representationsVariableName: 'representations' };
  return {
    kind: 'entities',
    ...commonPart(node),
    batches: [readBatch({ ...only, paths: [[]] }, path, types)],
  };
}

function readBatch(batch: EntityBatchAlias, path: Path, types: PossibleTypes): EntityBatch {
  return {
    responseName: batch.alias,
    variable: batch.representationsVariableName,
    paths: batch.paths.map((inner) => [...path, ...inner.map(readPathSegment)]),
    ...readRepresentation(batch.requires, batch.inputRewrites, types),
    outputRewrites: (batch.outputRewrites ?? []).map(readRewrite),
  };
}

function readPathSegment(segment: FlattenNodePathSegment): Path[number] {
  if (segment === '@') return { kind: 'elements' };
  return 'Field' in segment
    ? { kind: 'field', name: segment.Field }
    : { kind: 'type', names: segment.TypeCondition };
}

/**
 * What a representation holds. Where it is sent under an interface's name, because that is an object in the subgraph, the
 * planner asks for it only of the last of the types that an operation names: it is asked for of all of them.
 */
function readRepresentation(
  requires: readonly RequiresSelection[],
  inputRewrites: readonly FetchRewrite[] = [],
  types: PossibleTypes,
): { readonly requires: readonly Requirement[]; readonly inputRewrites: readonly Rewrite[] } {
  const rewrites = inputRewrites.map(readRewrite);
  const interfaces = rewrites.flatMap((rewrite) =>
    rewrite.kind === 'set' && typeof rewrite.value === 'string' ? [rewrite.value] : [],
  );
  return {
    inputRewrites: rewrites,
    requires: requires.map(readRequirement).map((requirement) => {
      if (requirement.kind === 'field') return requirement;
      const wider = interfaces.find((name) => types.matches(name, requirement.type));
      return wider === undefined ? requirement : { ...requirement, type: wider };
    }),
  };
}

function readRequirement(selection: RequiresSelection): Requirement {
  switch (selection.kind) {
    case 'Field': {
      const { alias, name, selections } = selection;
      return {
        kind: 'field',
        name: alias ?? name,
        selections:
          selections === undefined || selections.length === 0 ? null : selections.map(readRequirement),
      };
    }
    case 'InlineFragment':
      if (selection.skipIf !== undefined || selection.includeIf !== undefined) {
        throw new UnknownPlanError('A representation depends on a condition.');
      }
      return {
        kind: 'fragment',
        type: selection.typeCondition,
        selections: selection.selections.map(readRequirement),
      };
    case 'FragmentSpread':
      throw new UnknownPlanError('A representation has a named fragment.');
  }
}

function readRewrite(rewrite: FetchRewrite): Rewrite {
  if ('KeyRenamer' in rewrite) {
    const { path, renameKeyTo } = rewrite.KeyRenamer;
    return { kind: 'rename', path: path.map(readRewriteSegment), to: renameKeyTo };
  }
  const { path, setValueTo } = 'ValueSetter' in rewrite ? rewrite.ValueSetter : rewrite;
  return { kind: 'set', path: path.map(readRewriteSegment), value: setValueTo };
}

function readRewriteSegment(segment: FetchNodePathSegment): Path[number] {
  return 'Key' in segment
    ? { kind: 'field', name: segment.Key }
    : { kind: 'type', names: segment.TypenameEquals };
}
