import type { GatewayContext } from '../context.js';
import type { SubgraphCall } from './subgraph-request.js';

/**
 * How subgraphs are asked for an operation. A mutation that has been sent is seen through: its client may be gone, what
 * it asked for is not.
 */
export function callOf(
  { viewer, client, requestId, isIdentified, clientGone, deadline }: GatewayContext,
  isQuery: boolean,
): SubgraphCall {
  const abandoned = isQuery ? AbortSignal.any([clientGone, deadline]) : undefined;
  return { call: { viewer, client, requestId }, isShareable: isQuery && !isIdentified, abandoned, deadline };
}
