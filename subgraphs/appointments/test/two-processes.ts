import { startDirectoryStandIn } from '../../../test/directory-stand-in.js';
import type { SubgraphClient } from '../../../test/subgraph-client.js';
import { startAppointmentsProcess } from './appointments-process.js';

/** Two processes of the service over one database, with stand-ins for the services that they ask. */
export interface TwoProcesses extends AsyncDisposable {
  readonly both: readonly [SubgraphClient, SubgraphClient];
  /** The process that is asked for an attempt: one after the other. */
  readonly processOf: (attempt: number) => SubgraphClient;
}

/** Starts both; `settings` go beside those they need. */
export async function startTwoProcesses(settings: NodeJS.ProcessEnv = {}): Promise<TwoProcesses> {
  const [patients, users] = await Promise.all([
    startDirectoryStandIn('patients'),
    startDirectoryStandIn('users'),
  ]);
  const both = await Promise.all([
    startAppointmentsProcess(patients, users, settings),
    startAppointmentsProcess(patients, users, settings),
  ]);
  return {
    both,
    processOf: (attempt) => both[attempt % 2 === 0 ? 0 : 1],
    async [Symbol.asyncDispose]() {
      for (const resource of [...both, patients, users]) await resource[Symbol.asyncDispose]();
    },
  };
}
