import {
  createEntityFinder,
  createServiceClient,
  knownEntity,
  roles,
  type FindEntity,
  type Logger,
  type ProcessTls,
  type Role,
  type ServiceClient,
} from '@caregraph/service-kit';
import { z } from 'zod';
import type { Config } from './config.js';

/** What booking must know of a patient, with the users of the care team to which the record is restricted, if it is. */
interface KnownPatient {
  readonly isActive: boolean;
  readonly restrictedTo: ReadonlySet<number> | null;
}

const knownPatient = knownEntity(
  'Patient',
  'isActive isRestricted careTeam { id }',
  z
    .object({
      isActive: z.boolean(),
      isRestricted: z.boolean(),
      careTeam: z.array(z.object({ id: z.coerce.number().int() })),
    })
    .transform(({ isActive, isRestricted, careTeam }): KnownPatient => ({
      isActive,
      restrictedTo: isRestricted ? new Set(careTeam.map(({ id }) => id)) : null,
    })),
);
const knownUser = knownEntity(
  'User',
  'isActive role',
  z.object({ isActive: z.boolean(), role: z.enum(roles) }),
);

/** Asks the other services, in this service's own name, about patients and users. Made for each request. */
export interface Directory {
  readonly findPatient: FindEntity<KnownPatient>;
  readonly findUser: FindEntity<{ readonly isActive: boolean; readonly role: Role }>;
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
  const call = { asker: 'appointments', requestId, logger } as const;
  return {
    findPatient: createEntityFinder({ ...call, client: patients, entity: knownPatient }),
    findUser: createEntityFinder({ ...call, client: users, entity: knownUser }),
  };
}
