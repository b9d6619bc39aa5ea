import { randomUUID } from 'node:crypto';
import { createLogger } from '@caregraph/service-kit';
import { loadConfig, startServer } from '@caregraph/patients-subgraph';
import { keySettings, sharedDatabase } from '../../../test/cluster.js';
import { startDirectoryStandIn, type DirectoryStandIn } from '../../../test/directory-stand-in.js';
import {
  contextSecret,
  createSubgraphClient,
  userViewer,
  type SubgraphClient,
} from '../../../test/subgraph-client.js';
import {
  CreatePatientDocument,
  type CreatePatientInput,
  type PatientFieldsFragment,
} from './generated/operations.js';

/** The service in this process, with a stand-in for the one that it asks. */
export interface PatientsService extends SubgraphClient {
  readonly users: DirectoryStandIn;
}

/** Starts the service over the database that all tests share; `settings` go beside those it needs. */
export async function startPatients(settings: NodeJS.ProcessEnv = {}): Promise<PatientsService> {
  const users = await startDirectoryStandIn('users');
  const config = loadConfig({
    PATIENTS_DATABASE_URL: sharedDatabase('patients').databaseUrl,
    SERVICE_CONTEXT_SECRET: contextSecret,
    ...keySettings(),
    PATIENTS_PORT: '0',
    USERS_URL: users.url,
    LOG_LEVEL: 'silent',
    ...settings,
  });
  const server = await startServer(config, createLogger('patients', 'silent'));
  const client = createSubgraphClient('patients', server.port);
  return {
    ...client,
    users,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await server.stop();
      await users[Symbol.asyncDispose]();
    },
  };
}

/** A record that breaks no rule, with an e-mail address that no other test has. */
export function newPatient(overrides: Partial<CreatePatientInput> = {}): CreatePatientInput {
  return {
    firstName: 'Ada',
    lastName: 'Lovelace',
    dateOfBirth: '1985-12-10',
    gender: 'FEMALE',
    phone: '+1 555 010 0100',
    email: `${randomUUID()}@example.com`,
    ...overrides,
  };
}

/** Creates a record, which must succeed. */
export async function createPatient(
  patients: SubgraphClient,
  overrides: Partial<CreatePatientInput> = {},
  viewer = userViewer('NURSE'),
): Promise<PatientFieldsFragment> {
  const { data } = await patients.ask(viewer, CreatePatientDocument, { input: newPatient(overrides) });
  if (data.createPatient.patient === null) throw new Error(JSON.stringify(data.createPatient.userErrors));
  return data.createPatient.patient;
}
