import type { GraphQLDataSource } from '@apollo/gateway';
import {
  createServiceClient,
  type Logger,
  type ProcessTls,
  type ReadinessCheck,
  type ServiceClient,
} from '@caregraph/service-kit';
import type { Config } from '../config.js';
import type { GatewayContext } from '../context.js';
import { createSubgraphDataSource } from './subgraph-data-source.js';

/** The connections to the subgraphs. */
export interface SubgraphClients {
  /** The way to a subgraph that a supergraph names, at the address that it gives unless a setting says otherwise. */
  dataSource(subgraph: { readonly name: string; readonly url?: string }): GraphQLDataSource<GatewayContext>;
  /** Whether each subgraph that is known by now is ready. */
  readinessChecks(): ReadinessCheck[];
  close(): Promise<void>;
}

export function createSubgraphClients(config: Config, tls: ProcessTls, logger: Logger): SubgraphClients {
  const current = new Map<string, ServiceClient>();
  const all: ServiceClient[] = [];
  return {
    dataSource({ name, url = '' }) {
      const client = createServiceClient({
        service: name,
        url: config.subgraphUrls[name] ?? url,
        issuer: 'gateway',
        secret: config.identity?.contextSecret ?? null,
        tls,
        timeout: config.subgraphTimeout,
      });
      // The client that this one replaces stays open: operations that are under way still send requests by it.
      current.set(name, client);
      all.push(client);
      return createSubgraphDataSource(name, client, logger);
    },
    readinessChecks: () =>
      [...current].map(([name, client]) => ({
        name,
        check: () => (current.get(name) ?? client).checkReadiness(),
      })),
    async close() {
      await Promise.all(all.map((client) => client.close()));
    },
  };
}
