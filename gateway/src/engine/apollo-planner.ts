import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { readApolloPlan } from './apollo-plan.js';
import type { Planner } from './planner.js';

/** Apollo's planner. It is slow, plans on the main thread, and knows everything that Apollo's composition does. */
export function createApolloPlanner(supergraphSdl: string): Planner {
  let planner: { readonly queryPlanner: QueryPlanner; readonly supergraph: Supergraph } | undefined;
  return {
    plan(document) {
      if (planner === undefined) {
        const supergraph = Supergraph.build(supergraphSdl);
        planner = { supergraph, queryPlanner: new QueryPlanner(supergraph) };
      }
      const operation = operationFromDocument(planner.supergraph.apiSchema(), document, { validate: false });
      return Promise.resolve(readApolloPlan(planner.queryPlanner.buildQueryPlan(operation)));
    },
  };
}
