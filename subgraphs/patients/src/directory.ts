import {
  createEntityFinder,
  createServiceClient,
  knownEntity,
  type FindEntity,
  type Logger,
  type ProcessTls,
  type ServiceClient,
} from '@caregraph/service-kit';
import { z } from 'zod';
import type { Config } from './config.js';

const knownUser = knownEntity('User', 'isActive', z.object({ isActive: z.boolean() }));

/** Asks the users service, in this service's own name, about users. Made for each request. */
export interface Directory {
  readonly findUser: FindEntity<{ readonly isActive: boolean }>;
}

/** The connection to the users service, which all requests share. */
export interface DirectoryClient {
  readonly users: ServiceClient;
  readonly logger: Logger;
}

export function connectDirectory(config: Config, tls: ProcessTls, logger: Logger): DirectoryClient {
  const users = createServiceClient({
    service: 'users',
    url: config.USERS_URL,
    issuer: 'patients',
    secret: config.SERVICE_CONTEXT_SECRET,
    tls,
    timeout: config.SERVICE_TIMEOUT_MS,
  });
  return { users, logger };
}

export function createDirectory({ users, logger }: DirectoryClient, requestId: string): Directory {
  return {
    findUser: createEntityFinder({ client: users, entity: knownUser, asker: 'patients', requestId, logger }),
  };
}
