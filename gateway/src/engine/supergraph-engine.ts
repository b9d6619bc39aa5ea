import type { Logger } from '@caregraph/service-kit';
import { buildASTSchema, parse, type GraphQLSchema } from 'graphql';
import { createApolloPlanner } from './apollo-planner.js';
import { createEngine, type Engine, type EngineOptions } from './engine.js';
import { createHivePlanner, type HivePlanner } from './hive-planner.js';
import { createPossibleTypes } from './possible-types.js';

export interface SupergraphEngineOptions extends Pick<EngineOptions, 'plansKept' | 'planningTimeout'> {
  readonly supergraphSdl: string;
  /** The schema that clients see. */
  readonly api: GraphQLSchema;
  /** Hive's planner, where it can be loaded; Apollo's plans otherwise. */
  readonly HivePlanner: HivePlanner | null;
  readonly logger: Logger;
}

/** Makes the engine for a supergraph. */
export function createSupergraphEngine({
  supergraphSdl,
  HivePlanner,
  logger,
  ...options
}: SupergraphEngineOptions): Engine {
  const types = createPossibleTypes(buildASTSchema(parse(supergraphSdl), { assumeValidSDL: true }));
  const apollo = createApolloPlanner(supergraphSdl);
  const planner =
    HivePlanner === null ? apollo : createHivePlanner(HivePlanner, supergraphSdl, types, apollo, logger);
  return createEngine({ ...options, types, planner });
}
