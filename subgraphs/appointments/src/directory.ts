import {
  createServiceClient,
  roles,
  ServiceUnavailableError,
  type CallContext,
  type Logger,
  type ServiceClient,
} from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import { z } from 'zod';
import type { Config } from './config.js';

const patient = z.object({ isActive: z.boolean() });
const user = z.object({ isActive: z.boolean(), role: z.enum(roles) });

/** What booking must know of somebody whose record another service keeps. */
export type KnownPatient = z.output<typeof patient>;
export type KnownUser = z.output<typeof user>;

/** Asks the other services, in this service's own name, about patients and users. Made for each request. */
export interface Directory {
  /** Null when there is no such patient; `'unavailable'` when the patients service does not answer. */
  findPatient(id: number): Promise<KnownPatient | 'unavailable' | null>;
  /** Null when there is no such user; `'unavailable'` when the users service does not answer. */
  findUser(id: number): Promise<KnownUser | 'unavailable' | null>;
}

/** The connections to the other services, which all requests share. */
export interface DirectoryClients {
  readonly patients: ServiceClient;
  readonly users: ServiceClient;
  readonly logger: Logger;
}

export function connectDirectory(config: Config, logger: Logger): DirectoryClients {
  const connect = (service: string, url: string): ServiceClient =>
    createServiceClient({
      service,
      url,
      issuer: 'appointments',
      secret: config.SERVICE_CONTEXT_SECRET,
      timeout: config.SERVICE_TIMEOUT_MS,
    });
  return {
    patients: connect('patients', config.PATIENTS_URL),
    users: connect('users', config.USERS_URL),
    logger,
  };
}

export function createDirectory({ patients, users, logger }: DirectoryClients, requestId: string): Directory {
  const call: CallContext = { viewer: { kind: 'service', name: 'appointments' }, requestId };

  /** Batches what is asked at the same time into one call. */
  function finder<Entity>(
    client: ServiceClient,
    typename: string,
    fields: string,
    entity: z.ZodType<Entity>,
  ): (id: number) => Promise<Entity | 'unavailable' | null> {
    const answer = z.object({
      data: z.object({ _entities: z.array(entity.nullable()) }),
      errors: z.undefined().optional(),
    });
    const query = `query Directory($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on ${typename} { ${fields} } }
    }`;
    const loader = new DataLoader<number, Entity | 'unavailable' | null>(async (ids) => {
      try {
        const representations = ids.map((id) => ({ __typename: typename, id: String(id) }));
        const parsed = answer.safeParse(await client.send({ query, variables: { representations } }, call));
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

  return {
    findPatient: finder(patients, 'Patient', 'isActive', patient),
    findUser: finder(users, 'User', 'isActive role', user),
  };
}
