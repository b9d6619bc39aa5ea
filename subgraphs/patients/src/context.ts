import type { AuditLog, AuditRecorder, AuditTrail } from '@caregraph/audit-trail';
import type { FieldCipher } from '@caregraph/encryption';
import type { CallContext } from '@caregraph/service-kit';
import type { CareTeamRepository } from './care-team-repository.js';
import { createCareTeamService, type CareTeamService } from './care-team-service.js';
import type { Database } from './database.js';
import { createDirectory, type DirectoryClient } from './directory.js';
import { createPatientRepository } from './patient-repository.js';
import { createPatientService, type PatientService } from './patient-service.js';

/** What one request has: fresh each time, so that nothing that was read outlives it. */
export interface RequestContext extends CallContext {
  readonly audit: AuditRecorder;
  readonly auditLog: AuditLog;
  readonly cipher: FieldCipher;
  readonly patients: PatientService;
  readonly careTeams: CareTeamService;
}

/** What all requests share. */
export interface Dependencies {
  readonly trail: AuditTrail;
  readonly database: Database;
  readonly cipher: FieldCipher;
  readonly careTeams: CareTeamRepository;
  readonly client: DirectoryClient;
}

export function createContext(call: CallContext, dependencies: Dependencies): RequestContext {
  const { database, cipher, careTeams, client } = dependencies;
  const audit = dependencies.trail.recorderFor(call);
  const repository = createPatientRepository({ database, viewer: call.viewer, audit, cipher });
  const patients = createPatientService({ patients: repository });
  const directory = createDirectory(client, call.requestId);
  return {
    ...call,
    audit,
    auditLog: dependencies.trail.log,
    cipher,
    patients,
    careTeams: createCareTeamService({ ...call, database, audit, careTeams, patients, directory }),
  };
}
