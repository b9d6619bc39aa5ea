import dns from 'node:dns';
import { syncBuiltinESMExports } from 'node:module';

/*
 * Loaded into a process before its program: writes a line to the log for each host name that the process looks up,
 * so that a test sees whether it talks to anybody whom it should not.
 */
const lookup = dns.lookup;
dns.lookup = (hostname, ...rest) => {
  process.stdout.write(`${JSON.stringify({ msg: 'lookup', hostname })}\n`);
  return lookup(hostname, ...rest);
};
syncBuiltinESMExports();
