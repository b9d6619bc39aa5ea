import { serviceNames } from '@caregraph/postgres';
import path from 'node:path';
import {
  gatewayEnvironment,
  isEncrypted,
  serviceEnvironment,
  serviceOrigin,
  type EnvironmentSources,
} from './child-environments.js';
import { openChildOutput } from './child-output.js';
import { SupervisedProcess } from './supervised-process.js';

/** The four processes of the platform. */
export interface PlatformProcesses {
  /** By workspace folder, relative to the root. */
  all: ReadonlyMap<string, SupervisedProcess>;
  /** Starts the services, all at once. */
  startServices: (cancel: AbortSignal) => Promise<void>;
  startGateway: (cancel: AbortSignal) => Promise<void>;
  /** Lets the gateway answer what it has accepted, then ends the services. */
  stop: () => Promise<void>;
  /** Ends all of them now. */
  kill: () => void;
}

/** What the processes need besides their environments. */
export interface ProcessOptions {
  root: string;
  sources: EnvironmentSources;
  /** Whether the gateway takes up a supergraph that is composed while it runs. */
  watch: boolean;
  onSpawn: (name: string, pid: number) => void;
  report: (line: string) => void;
}

/** A process has ten seconds to drain by itself; this is a little more, in milliseconds. */
const gatewayGrace = 10_500;
/** Once the gateway has drained, nobody waits for the services any more. */
const serviceGrace = 2_500;

/** Describes the platform's processes; nothing is started yet. */
export function describeProcesses(options: ProcessOptions): PlatformProcesses {
  const { root, sources, watch, onSpawn, report } = options;
  const { settings } = sources;
  const describe = (
    name: string,
    folder: string,
    environment: Record<string, string | undefined>,
    origin: string,
  ): SupervisedProcess =>
    new SupervisedProcess({
      name,
      entry: path.join(root, folder, 'dist', 'main.js'),
      cwd: root,
      environment,
      readyUrl: `${origin}/health/ready`,
      liveUrl: `${origin}/health/live`,
      output: openChildOutput(name, path.join(settings.dataDirectory, 'logs'), report),
      onSpawn: (pid) => {
        onSpawn(name, pid);
      },
      report,
    });
  const services = new Map(
    serviceNames.map((service) => {
      const folder = `subgraphs/${service}`;
      const origin = serviceOrigin(settings, service);
      return [folder, describe(service, folder, serviceEnvironment(service, sources), origin)];
    }),
  );
  const scheme = isEncrypted(settings) ? 'https' : 'http';
  const gatewayOrigin = `${scheme}://${reachableHost(settings.host)}:${settings.gatewayPort}`;
  const gateway = describe('gateway', 'gateway', gatewayEnvironment(sources, { watch }), gatewayOrigin);
  const all = new Map([...services, ['gateway', gateway]]);
  return {
    all,
    startServices: async (cancel) => {
      await Promise.all([...services.values()].map((service) => service.start(cancel)));
    },
    startGateway: (cancel) => gateway.start(cancel),
    stop: async () => {
      await gateway.stop(gatewayGrace);
      await Promise.all([...services.values()].map((service) => service.stop(serviceGrace)));
    },
    kill: () => {
      for (const process of all.values()) process.kill();
    },
  };
}

/** An address at which something that listens on `host` can be called from this machine. */
function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
