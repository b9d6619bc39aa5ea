import type { CallContext } from '@caregraph/service-kit';

/** A place in an answer, as errors name it. */
export type Place = readonly (string | number)[];

/** What a subgraph is asked. */
export interface SubgraphRequest {
  /** The GraphQL request, as JSON. */
  readonly body: string;
  /** The places, in the subgraph's answer, of what is missing when it gives none. */
  readonly places: () => readonly Place[];
}

/** On whose behalf a subgraph is asked, and how long its answer is waited for. */
export interface SubgraphCall {
  readonly call: CallContext;
  /** Whether the answer to an identical request will do: it is a query, and nothing says whose. */
  readonly isShareable: boolean;
  /** Aborts when nobody waits for the answer any more, and it does not matter whether the request is carried out. */
  readonly abandoned: AbortSignal | undefined;
  /** Aborts when the operation has taken as long as it may. */
  readonly deadline: AbortSignal;
}

/** An error as a client may see it, with a code of the closed set, and its place in the subgraph's answer. */
export interface SubgraphError {
  readonly message: string;
  readonly path?: Place;
  readonly extensions: { readonly code: string };
}

/** What came of a request. Without data, there are errors at the places of what is missing. */
export interface SubgraphAnswer {
  readonly data: Record<string, unknown> | null;
  readonly errors: readonly SubgraphError[];
}

/** A subgraph, as the gateway reaches it. */
export interface Subgraph {
  /** Sends one request. Whatever fails is an error of the answer. */
  send(request: SubgraphRequest, call: SubgraphCall): Promise<SubgraphAnswer>;
}
