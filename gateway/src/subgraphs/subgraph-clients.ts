import {
  createServiceClient,
  type Logger,
  type ProcessTls,
  type ReadinessCheck,
  type ServiceClient,
} from '@caregraph/service-kit';
import type { Config } from '../config.js';
import { createRemoteSubgraph } from './remote-subgraph.js';
import type { Subgraph } from './subgraph-request.js';

/** The connections to the subgraphs. */
export interface SubgraphClients {
  /** Opens the way to a subgraph that a supergraph names, at the address that it gives unless a setting says otherwise. */
  open(subgraph: { readonly name: string; readonly url?: string }): Subgraph;
  /** The subgraph of a name, as it was opened last. */
  get(name: string): Subgraph;
  /** Whether each subgraph that is known by now is ready. */
  readinessChecks(): ReadinessCheck[];
  close(): Promise<void>;
}

export function createSubgraphClients(config: Config, tls: ProcessTls, logger: Logger): SubgraphClients {
  const current = new Map<string, { readonly client: ServiceClient; readonly subgraph: Subgraph }>();
  const all: ServiceClient[] = [];
  return {
    open({ name, url = '' }) {
      const client = createServiceClient({
        service: name,
        url: config.subgraphUrls[name] ?? url,
        issuer: 'gateway',
        secret: config.identity?.contextSecret ?? null,
        tls,
        timeout: config.subgraphTimeout,
      });
      const subgraph = createRemoteSubgraph(name, client, logger);
      // The client that this one replaces stays open: operations that are under way still send requests by it.
      current.set(name, { client, subgraph });
      all.push(client);
      return subgraph;
    },
    get(name) {
      const known = current.get(name);
      if (known === undefined) throw new Error(`The supergraph has no subgraph ${name}.`);
      return known.subgraph;
    },
    readinessChecks: () =>
      [...current].map(([name, { client }]) => ({
        name,
        check: () => (current.get(name)?.client ?? client).checkReadiness(),
      })),
    async close() {
      await Promise.all(all.map((client) => client.close()));
    },
  };
}
