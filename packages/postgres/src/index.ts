export { startCluster, type Cluster, type ClusterOptions } from './cluster.js';
export { createScratchCluster } from './scratch-cluster.js';
export { discardCluster } from './discard-cluster.js';
export { findFreePort } from './free-port.js';
export { ClusterError, PortTakenError } from './errors.js';
export {
  prepareDatabase,
  prepareDatabases,
  type DatabaseUrls,
  type RolePasswords,
} from './prepare-databases.js';
export { databaseNames, ownerRole, runtimeRole, serviceNames, type ServiceName } from './services.js';
export {
  createWhole,
  isRunning,
  processRecord,
  readIfThere,
  recordProcess,
  removeStale,
  withProcessLock,
  type ProcessRecord,
} from './process-lock.js';
