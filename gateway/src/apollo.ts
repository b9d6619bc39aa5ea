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
import type { GraphQLSchema } from 'graphql';
import { withoutValueCompletion } from './answer-extensions.js';
import { defineScalars, platformScalars } from './api-scalars.js';
import type { Config } from './config.js';
import type { GatewayContext } from './context.js';
import { createEngineGateway } from './engine/engine-gateway.js';
import { loadHivePlanner } from './engine/hive-planner.js';
import { stringifyResult } from './engine/json-text.js';
import { createSupergraphEngine } from './engine/supergraph-engine.js';
import { exampleDocument } from './pages/example-document.js';
import { operationChoice } from './operation-choice.js';
import type { RequestLimits } from './limits/rate-limits.js';
import { signInLimit } from './limits/rate-limits-sign-in.js';
import { refusals } from './refusal.js';
import type { SubgraphClients } from './subgraphs/subgraph-clients.js';
import { createSubgraphDataSource } from './subgraphs/subgraph-data-source.js';
import { formatWithoutSuggestions } from './exposure/suggestions.js';
import { superviseSupergraphFile } from './supergraph/supergraph-file.js';

/**
 * Headers that no page can send to another site without its browser asking beforehand: a request that has one, as all
 * that have an access token do, is not forged.
 */
const preflightedHeaders = ['authorization', 'apollo-require-preflight', 'x-apollo-operation-name'];

/** Apollo Server over the supergraph, started. */
export interface RunningApollo {
  readonly apollo: ApolloServer<GatewayContext>;
  /** The API schema of this moment. */
  readonly schema: () => GraphQLSchema;
}

/** Starts Apollo Server over the supergraph. Throws a `StartupError` when the supergraph cannot be used. */
export async function startApollo(
  config: Config,
  clients: SubgraphClients,
  limits: RequestLimits,
  logger: Logger,
): Promise<RunningApollo> {
  let current: GraphQLSchema | undefined;
  const gateway = new ApolloGateway({
    supergraphSdl: superviseSupergraphFile(config.supergraph.file, config.supergraph.watch, logger),
    logger,
    buildService: (subgraph) => createSubgraphDataSource(clients.open(subgraph)),
  });
  gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    defineScalars(apiSchema, config.identity === null ? [] : platformScalars);
    current = apiSchema;
  });
  const apollo = new ApolloServer<GatewayContext>({
    ...commonApolloOptions(logger),
    ...(config.production && { formatError: formatWithoutSuggestions }),
    gateway: config.engine === 'apollo' ? gateway : await withEngine(gateway, config, clients, logger),
    stringifyResult,
    introspection: !config.production,
    csrfPrevention: { requestHeaders: preflightedHeaders },
    // Requests name documents before they come here, where the limits can see them.
    persistedQueries: false,
    plugins: plugins(limits, logger),
  });
  try {
    await apollo.start();
  } catch (error) {
    if (error instanceof StartupError || !(error instanceof Error)) throw error;
    const problem = `The supergraph in ${config.supergraph.file} cannot be used: ${error.message}`;
    throw new StartupError(problem, { cause: error });
  }
  return {
    apollo,
    schema() {
      if (current === undefined) throw new Error('A gateway that has started has told its schema.');
      return current;
    },
  };
}

/** How many plans are kept, and how long planning may take, in milliseconds, where operations may take any time. */
const plansKept = 1_000;
const longestPlanning = 30_000;

async function withEngine(
  gateway: ApolloGateway,
  { operationTimeout }: Config,
  clients: SubgraphClients,
  logger: Logger,
): Promise<ReturnType<typeof createEngineGateway>> {
  const HivePlanner = await loadHivePlanner(logger);
  const planningTimeout = operationTimeout === 0 ? longestPlanning : operationTimeout;
  return createEngineGateway(
    gateway,
    (supergraphSdl, api) =>
      createSupergraphEngine({ supergraphSdl, api, HivePlanner, plansKept, planningTimeout, logger }),
    clients,
  );
}

function plugins(limits: RequestLimits, logger: Logger): ApolloServerPlugin<GatewayContext>[] {
  return [
    refusals,
    operationChoice,
    signInLimit(limits),
    responseStatus,
    withoutValueCompletion,
    errorLog(logger),
    ApolloServerPluginLandingPageLocalDefault({ embed: true, footer: false, document: exampleDocument }),
  ];
}
