import type { DocumentNode } from 'graphql';
import type { PlanNode } from './query-plan.js';

/** Decides how an operation is carried out. */
export interface Planner {
  /**
   * Plans the one operation of a document, which is valid by the API's schema and has neither conditions nor
   * introspection. Null where nothing is to be fetched. Rejects when it takes longer than `signal` allows.
   */
  plan(document: DocumentNode, signal: AbortSignal): Promise<PlanNode | null>;
}
