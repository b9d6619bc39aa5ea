import type { JsonObject } from './json.js';
import type { SubgraphAnswer, SubgraphError, SubgraphRequest } from '../subgraphs/subgraph-request.js';

/** A plan that is being carried out for one request. */
export interface PlanRun {
  /** What the subgraphs have answered by now, put together. */
  readonly data: JsonObject;
  /** The variables as the client gave them. */
  readonly variables: Readonly<Record<string, unknown>>;
  readonly errors: RunError[];
  readonly send: SendToSubgraph;
}

/** An error, at its place in the answer. */
export interface RunError extends SubgraphError {
  /** It stands for the same field of every other element of the lists that its place is in, too. */
  readonly isForAll?: boolean;
}

/** Asks the subgraph of a name. */
export type SendToSubgraph = (subgraph: string, request: SubgraphRequest) => Promise<SubgraphAnswer>;

/** A part of a plan, ready to be carried out. What fails in it is among the errors of the run. */
export type Step = (run: PlanRun) => Promise<void>;
