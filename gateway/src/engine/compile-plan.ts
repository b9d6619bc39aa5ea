import { compileEntitiesFetch } from './entities-fetch.js';
import { compileFieldsFetch } from './fields-fetch.js';
import type { Step } from './plan-run.js';
import type { PossibleTypes } from './possible-types.js';
import type { Path, PlanNode } from './query-plan.js';

/** Makes a plan ready to be carried out, any number of times. */
export function compilePlan(plan: PlanNode, types: PossibleTypes): Step {
  const allPaths = pathsOf(plan);
  const compile = (node: PlanNode): Step => {
    switch (node.kind) {
      case 'sequence':
        return inOrder(node.nodes.map(compile));
      case 'parallel':
        return atOnce(node.nodes.map(compile));
      case 'fields':
        return compileFieldsFetch(node, types);
      case 'entities':
        return compileEntitiesFetch(node, types, allPaths);
    }
  };
  return compile(plan);
}

/** Each step when the one before has ended. */
function inOrder(steps: readonly Step[]): Step {
  const [only] = steps;
  if (only !== undefined && steps.length === 1) return only;
  return async (run) => {
    for (const step of steps) await step(run);
  };
}

function atOnce(steps: readonly Step[]): Step {
  return async (run) => {
    await Promise.all(steps.map((step) => step(run)));
  };
}

/** The paths at which the fetches of a plan put in what they get. */
function pathsOf(node: PlanNode): Path[] {
  switch (node.kind) {
    case 'sequence':
    case 'parallel':
      return node.nodes.flatMap(pathsOf);
    case 'fields':
      return [node.path];
    case 'entities':
      return node.batches.flatMap(({ paths }) => paths);
  }
}
