import type { Logger } from '@caregraph/service-kit';
import { Kind, print, type DocumentNode, type SelectionSetNode } from 'graphql';
import { readHivePlan } from './hive-plan.js';
import type { PossibleTypes } from './possible-types.js';
import type { Planner } from './planner.js';

/** The class that Hive's planners are made of. */
export type HivePlanner = typeof import('@graphql-hive/router-query-planner').QueryPlanner;

/** Loads Hive's planner, which is native code; null, with a warning, where there is none for this platform. */
export async function loadHivePlanner(logger: Logger): Promise<HivePlanner | null> {
  try {
    return (await import('@graphql-hive/router-query-planner')).QueryPlanner;
  } catch (err) {
    logger.warn({ err }, 'the native query planner cannot be loaded; going on with the slower one');
    return null;
  }
}

/** How deep an operation may be: the planner recurses, and a stack that is full ends the process. */
const deepest = 40;

/** What the planner writes differently into the subgraphs' operations than it reads it: text with escapes. */
const unusualLiteral = /[\\]|"""|[^\n\x20-\x7e]/;

/**
 * Hive's planner, on a thread of its own. What it cannot plan, or cannot plan safely, `fallback` plans.
 */
export function createHivePlanner(
  NativePlanner: HivePlanner,
  supergraphSdl: string,
  types: PossibleTypes,
  fallback: Planner,
  logger: Logger,
): Planner {
  const planner = new NativePlanner(supergraphSdl);
  return {
    async plan(document, signal) {
      const text = print(document);
      if (depthOf(document) > deepest || unusualLiteral.test(text)) return fallback.plan(document, signal);
      try {
        return readHivePlan(await planner.planAsync(text, null, new Set(), 100, signal), types);
      } catch (err) {
        if (signal.aborted) throw err;
        logger.warn({ err }, 'the native query planner refused an operation; going on with the slower one');
        return fallback.plan(document, signal);
      }
    },
  };
}

/** How many fields lie inside each other. */
function depthOf({ definitions }: DocumentNode): number {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) {
      fragments.set(definition.name.value, definition.selectionSet);
    }
  }
  const known = new Map<SelectionSetNode, number>();
  const measure = (set: SelectionSetNode | undefined): number => {
    if (set === undefined) return 0;
    const measured = known.get(set);
    if (measured !== undefined) return measured;
    const depth = Math.max(
      0,
      ...set.selections.map((selection) =>
        selection.kind === Kind.FRAGMENT_SPREAD
          ? measure(fragments.get(selection.name.value))
          : measure(selection.selectionSet) + 1,
      ),
    );
    known.set(set, depth);
    return depth;
  };
  return Math.max(
    ...definitions.map((definition) =>
      definition.kind === Kind.OPERATION_DEFINITION ? measure(definition.selectionSet) : 0,
    ),
  );
}
