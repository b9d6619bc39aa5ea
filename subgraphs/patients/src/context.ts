import type { CallContext } from '@caregraph/service-kit';
import { createPatientService, type PatientService } from './patient-service.js';

/** What one request has: fresh each time, so that nothing that was read outlives it. */
export interface RequestContext extends CallContext {
  readonly patients: PatientService;
}

/** What all requests share. */
export type Dependencies = Parameters<typeof createPatientService>[0];

export function createContext(call: CallContext, dependencies: Dependencies): RequestContext {
  return { ...call, patients: createPatientService(dependencies) };
}
