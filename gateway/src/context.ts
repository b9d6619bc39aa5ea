import type { CallContext } from '@caregraph/service-kit';

/** What the gateway knows of one request, and passes on, signed, to the subgraphs. */
export interface GatewayContext extends CallContext {
  /** Aborts when the client has gone before its answer was ready. */
  readonly clientGone: AbortSignal;
}
