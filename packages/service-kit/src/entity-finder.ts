import DataLoader from 'dataloader';
import { z } from 'zod';
import type { Logger } from './logger.js';
import { ServiceUnavailableError, type ServiceClient } from './service-client.js';
import { noClient, type Principal } from './viewer.js';

/** What one service must know of the entities that another one owns. */
export interface KnownEntity<Entity> {
  readonly typename: string;
  readonly query: string;
  /** A response in which everybody who was asked for is either described or null; one with errors is none. */
  readonly answer: z.ZodType<{ data: { _entities: (Entity | null)[] } }>;
}

/** Describes what is asked of entities of the type `typename`: a selection, and the shape of what comes. */
export function knownEntity<Entity>(
  typename: string,
  selection: string,
  shape: z.ZodType<Entity>,
): KnownEntity<Entity> {
  return {
    typename,
    query: `query Directory($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on ${typename} { ${selection} } }
    }`,
    answer: z.object({
      data: z.object({ _entities: z.array(shape.nullable()) }),
      errors: z.undefined().optional(),
    }),
  };
}

/** Null when there is no such entity; `'unavailable'` when the service that owns it gives no answer. */
export type FindEntity<Entity> = (id: number) => Promise<Entity | 'unavailable' | null>;

export interface EntityFinderOptions<Entity> {
  /** The service that owns the entities. */
  readonly client: ServiceClient;
  readonly entity: KnownEntity<Entity>;
  /** In whose name it is asked: a viewer's own rights have no part in whether something exists. */
  readonly asker: Principal;
  readonly requestId: string;
  readonly logger: Logger;
}

/** Asks another service for entities: once each, and for those that are asked for at the same time in one call. */
export function createEntityFinder<Entity>(options: EntityFinderOptions<Entity>): FindEntity<Entity> {
  const { client, entity, asker, requestId, logger } = options;
  const { typename, query, answer } = entity;
  const context = { viewer: { kind: 'service', name: asker }, client: noClient, requestId } as const;
  const loader = new DataLoader<number, Entity | 'unavailable' | null>(async (ids) => {
    try {
      const representations = ids.map((id) => ({ __typename: typename, id: String(id) }));
      const parsed = answer.safeParse(await client.send({ query, variables: { representations } }, context));
      if (parsed.success && parsed.data.data._entities.length === ids.length) {
        return parsed.data.data._entities;
      }
      logger.error({ requestId, typename }, 'another service gave an answer that cannot be used');
    } catch (error) {
      if (!(error instanceof ServiceUnavailableError)) throw error;
      logger.error({ err: error, requestId, typename }, 'another service did not answer');
    }
    return ids.map(() => 'unavailable');
  });
  return (id) => loader.load(id);
}
