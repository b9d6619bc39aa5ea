import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer, type ApolloServerPlugin } from '@apollo/server';
import { ApolloServerPluginLandingPageLocalDefault } from '@apollo/server/plugin/landingPage/default';
import {
  commonApolloOptions,
  errorLog,
  responseStatus,
  StartupError,
  type Logger,
} from '@caregraph/service-kit';
import type { Config } from './config.js';
import type { GatewayContext } from './context.js';
import { exampleDocument } from './example-document.js';
import { operationChoice } from './operation-choice.js';
import type { SubgraphClients } from './subgraph-clients.js';
import { superviseSupergraphFile } from './supergraph-file.js';

/** Starts Apollo Server over the supergraph. Throws a `StartupError` when the supergraph cannot be used. */
export async function startApollo(
  config: Config,
  clients: SubgraphClients,
  logger: Logger,
): Promise<ApolloServer<GatewayContext>> {
  const apollo = new ApolloServer<GatewayContext>({
    ...commonApolloOptions(logger),
    gateway: new ApolloGateway({
      supergraphSdl: superviseSupergraphFile(config.supergraph.file, config.supergraph.watch, logger),
      logger,
      buildService: (subgraph) => clients.dataSource(subgraph),
    }),
    introspection: !config.production,
    plugins: plugins(logger),
  });
  try {
    await apollo.start();
  } catch (error) {
    if (error instanceof StartupError || !(error instanceof Error)) throw error;
    const problem = `The supergraph in ${config.supergraph.file} cannot be used: ${error.message}`;
    throw new StartupError(problem, { cause: error });
  }
  return apollo;
}

function plugins(logger: Logger): ApolloServerPlugin<GatewayContext>[] {
  return [
    operationChoice,
    responseStatus,
    errorLog(logger),
    ApolloServerPluginLandingPageLocalDefault({ embed: true, footer: false, document: exampleDocument }),
  ];
}
