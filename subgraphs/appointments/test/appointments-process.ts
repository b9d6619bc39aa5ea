import type { DirectoryStandIn } from '../../../test/directory-stand-in.js';
import { startServiceProcess, type ServiceProcess } from '../../../test/service-process.js';
import { becomesReady } from './appointments-service.js';

/** The service as a process of its own, over the database that all tests share; it ends with the test. */
export async function startAppointmentsProcess(
  patients: DirectoryStandIn,
  users: DirectoryStandIn,
  settings: NodeJS.ProcessEnv = {},
): Promise<ServiceProcess> {
  const directories = { PATIENTS_URL: patients.url, USERS_URL: users.url };
  const process = await startServiceProcess('appointments', { ...directories, ...settings });
  await becomesReady(process);
  return process;
}
