import type { CallContext } from '@caregraph/service-kit';
import type { GraphQLError } from 'graphql';

/** What the gateway knows of one request, and passes on, signed, to the subgraphs. */
export interface GatewayContext extends CallContext {
  /** Whether the request came with something that says whose it is, whether or not anybody here looks at it. */
  readonly isIdentified: boolean;
  /** Aborts when the client has gone before its answer was ready. */
  readonly clientGone: AbortSignal;
  /** Aborts when the operation has taken as long as it may. */
  readonly deadline: AbortSignal;
  /** Why the operation is not carried out; null when it is. */
  readonly refusal: GraphQLError | null;
}
