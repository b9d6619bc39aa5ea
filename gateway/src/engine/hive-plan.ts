import type {
  BatchFetchNode,
  FetchNode,
  FetchNodePathSegment,
  FetchRewrite,
  FlattenNodePathSegment,
  PlanNode as HiveNode,
  QueryPlan,
  RequiresSelection,
} from '@graphql-hive/router-query-planner';
import { UnknownPlanError, type Path, type PlanNode, type Requirement, type Rewrite } from './query-plan.js';

/** A plan of Hive's planner as the engine carries it out; null where nothing is to be fetched. */
export function readHivePlan({ node }: QueryPlan): PlanNode | null {
  return node === undefined ? null : readNode(node, []);
}

function readNode(node: HiveNode, path: Path): PlanNode {
  switch (node.kind) {
    case 'Sequence':
      return { kind: 'sequence', nodes: node.nodes.map((inner) => readNode(inner, path)) };
    case 'Parallel':
      return { kind: 'parallel', nodes: node.nodes.map((inner) => readNode(inner, path)) };
    case 'Flatten':
      return readNode(node.node, [...path, ...node.path.map(readPathSegment)]);
    case 'Fetch':
      return readFetch(node, path);
    case 'BatchFetch':
      return { kind: 'entities', ...commonPart(node), batches: readBatches(node, path) };
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

function readFetch(node: FetchNode, path: Path): PlanNode {
  const outputRewrites = (node.outputRewrites ?? []).map(readRewrite);
  if (node.requires === undefined) return { kind: 'fields', ...commonPart(node), path, outputRewrites };
  const batch = {
    responseName: '_entities',
    variable: 'representations',
    paths: [path],
    requires: node.requires.map(readRequirement),
    inputRewrites: (node.inputRewrites ?? []).map(readRewrite),
    outputRewrites,
  };
  return { kind: 'entities', ...commonPart(node), batches: [batch] };
}

function readBatches({ entityBatch }: BatchFetchNode, path: Path) {
  return entityBatch.aliases.map((batch) => ({
    responseName: batch.alias,
    variable: batch.representationsVariableName,
    paths: batch.paths.map((inner) => [...path, ...inner.map(readPathSegment)]),
    requires: batch.requires.map(readRequirement),
    inputRewrites: (batch.inputRewrites ?? []).map(readRewrite),
    outputRewrites: (batch.outputRewrites ?? []).map(readRewrite),
  }));
}

function readPathSegment(segment: FlattenNodePathSegment): Path[number] {
  if (segment === '@') return { kind: 'elements' };
  return 'Field' in segment
    ? { kind: 'field', name: segment.Field }
    : { kind: 'type', names: segment.TypeCondition };
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
