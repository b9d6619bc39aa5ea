import type { DirectoryStandIn } from '../../../test/directory-stand-in.js';
import { startServiceProcess, type ServiceProcess } from '../../../test/service-process.js';
import { becomesReady } from './appointments-service.js';

/** The service as a process of its own, over the database that all tests share; it ends with the test. */
export async function startAppointmentsProcess(
  patients: DirectoryStandIn,
  users: DirectoryStandIn,
): Promise<ServiceProcess> {
  const settings = { PATIENTS_URL: patients.url, USERS_URL: users.url };
  const process = await startServiceProcess('appointments', settings);
  await becomesReady(process);
  return process;
}
