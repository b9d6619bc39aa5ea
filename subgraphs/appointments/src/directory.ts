import {
  createServiceClient,
  noClient,
  roles,
  ServiceUnavailableError,
  type CallContext,
  type Logger,
  type ProcessTls,
  type Role,
  type ServiceClient,
} from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import { z } from 'zod';
import type { Config } from './config.js';

/** What booking must know of somebody whose record another service keeps. */
interface Known<Entity> {
  readonly typename: string;
  readonly query: string;
  /** A response in which everybody who was asked for is either described or null; one with errors is none. */
  readonly answer: z.ZodType<{ data: { _entities: (Entity | null)[] } }>;
}

function known<Entity>(typename: string, fields: string, entity: z.ZodType<Entity>): Known<Entity> {
  return {
    typename,
    query: `query Directory($representations: [_Any!]!) {
      _entities(representations: $representations) { ... on ${typename} { ${fields} } }
    }`,
    answer: z.object({
      data: z.object({ _entities: z.array(entity.nullable()) }),
      errors: z.undefined().optional(),
    }),
  };
}

const knownPatient = known('Patient', 'isActive', z.object({ isActive: z.boolean() }));
const knownUser = known('User', 'isActive role', z.object({ isActive: z.boolean(), role: z.enum(roles) }));

/** Asks the other services, in this service's own name, about patients and users. Made for each request. */
export interface Directory {
  /** Null when there is no such patient; `'unavailable'` when the patients service does not answer. */
  findPatient(id: number): Promise<{ readonly isActive: boolean } | 'unavailable' | null>;
  /** Null when there is no such user; `'unavailable'` when the users service does not answer. */
  findUser(id: number): Promise<{ readonly isActive: boolean; readonly role: Role } | 'unavailable' | null>;
}

/** The connections to the other services, which all requests share. */
export interface DirectoryClients {
  readonly patients: ServiceClient;
  readonly users: ServiceClient;
  readonly logger: Logger;
}

export function connectDirectory(config: Config, tls: ProcessTls, logger: Logger): DirectoryClients {
  const connect = (service: string, url: string): ServiceClient =>
    createServiceClient({
      service,
      url,
      issuer: 'appointments',
      secret: config.SERVICE_CONTEXT_SECRET,
      tls,
      timeout: config.SERVICE_TIMEOUT_MS,
    });
  return {
    patients: connect('patients', config.PATIENTS_URL),
    users: connect('users', config.USERS_URL),
    logger,
  };
}

export function createDirectory({ patients, users, logger }: DirectoryClients, requestId: string): Directory {
  const viewer = { kind: 'service', name: 'appointments' } as const;
  const call: CallContext = { viewer, client: noClient, requestId };

  /** Batches what is asked at the same time into one call. */
  function finder<Entity>(
    client: ServiceClient,
    { typename, query, answer }: Known<Entity>,
  ): (id: number) => Promise<Entity | 'unavailable' | null> {
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
    findPatient: finder(patients, knownPatient),
    findUser: finder(users, knownUser),
  };
}
