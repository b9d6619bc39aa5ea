import { existsSync } from 'node:fs';
import { discardCluster } from './discard-cluster.js';

/*
 * The guard of one scratch cluster: waits until the process that started it closes our standard input, on
 * purpose or by ending in whatever way, then removes the server and the folder given as the argument.
 */
const folder = process.argv[2];
if (folder === undefined || !existsSync(folder)) throw new Error('Expected the folder of a scratch cluster.');
// Ctrl-C and the like are for the process that we watch; we go when it has gone.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdin.resume();
process.stdin.once('close', () => {
  void discardCluster(folder, { force: true });
});
