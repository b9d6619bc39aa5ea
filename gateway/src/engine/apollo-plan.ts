import type {
  FetchDataRewrite,
  FetchNode,
  PlanNode as ApolloNode,
  QueryPlan,
  QueryPlanSelectionNode,
  ResponsePath,
} from '@apollo/query-planner';
import { UnknownPlanError, type Path, type PlanNode, type Requirement, type Rewrite } from './query-plan.js';

/** A plan of Apollo's planner as the engine carries it out; null where nothing is to be fetched. */
export function readApolloPlan({ node }: QueryPlan): PlanNode | null {
  return node === undefined ? null : readNode(node, []);
}

function readNode(node: ApolloNode | NonNullable<QueryPlan['node']>, path: Path): PlanNode {
  switch (node.kind) {
    case 'Sequence':
      return { kind: 'sequence', nodes: node.nodes.map((inner) => readNode(inner, path)) };
    case 'Parallel':
      return { kind: 'parallel', nodes: node.nodes.map((inner) => readNode(inner, path)) };
    case 'Flatten':
      return readNode(node.node, [...path, ...readPath(node.path)]);
    case 'Fetch':
      return readFetch(node, path);
    case 'Condition':
    case 'Defer':
    case 'Subscription':
      throw new UnknownPlanError(`The plan has a node of the kind ${node.kind}.`);
  }
}

function readFetch(node: FetchNode, path: Path): PlanNode {
  if (node.contextRewrites !== undefined && node.contextRewrites.length > 0) {
    throw new UnknownPlanError('The plan passes values by @context.');
  }
  const fetch = {
    subgraph: node.serviceName,
    operation: node.operation,
    operationName: node.operationName,
    variables: node.variableUsages ?? [],
  };
  const outputRewrites = (node.outputRewrites ?? []).map(readRewrite);
  if (node.requires === undefined) return { kind: 'fields', ...fetch, path, outputRewrites };
  return {
    kind: 'entities',
    ...fetch,
    batches: [
      {
        responseName: '_entities',
        variable: 'representations',
        paths: [path],
        requires: node.requires.map(readRequirement),
        inputRewrites: (node.inputRewrites ?? []).map(readRewrite),
        outputRewrites,
      },
    ],
  };
}

function readPath(path: ResponsePath): Path {
  return path.map((segment) =>
    segment === '@' ? { kind: 'elements' } : { kind: 'field', name: String(segment) },
  );
}

function readRequirement(selection: QueryPlanSelectionNode): Requirement {
  if (selection.kind === 'Field') {
    const { alias, name, selections } = selection;
    return { kind: 'field', name: alias ?? name, selections: selections?.map(readRequirement) ?? null };
  }
  const { typeCondition, selections } = selection;
  if (typeCondition === undefined) throw new UnknownPlanError('A representation has a fragment of no type.');
  return { kind: 'fragment', type: typeCondition, selections: selections.map(readRequirement) };
}

const fragmentPrefix = '... on ';

function readRewrite(rewrite: FetchDataRewrite): Rewrite {
  const path: Path = rewrite.path.map((segment) =>
    segment.startsWith(fragmentPrefix)
      ? { kind: 'type', names: [segment.slice(fragmentPrefix.length)] }
      : { kind: 'field', name: segment },
  );
  return rewrite.kind === 'ValueSetter'
    ? { kind: 'set', path, value: rewrite.setValueTo as unknown }
    : { kind: 'rename', path, to: rewrite.renameKeyTo };
}
