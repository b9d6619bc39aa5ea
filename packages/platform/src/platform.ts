import { migrate } from '@caregraph/migrations';
import { serviceNames, type Cluster } from '@caregraph/postgres';
import type { ListenAddress } from '@caregraph/service-kit/listen-failure';
import { ensureAccessTokenKeys } from './access-token-keys.js';
import { ensureAuditFiles } from './audit-files.js';
import { encryptWhatIsClear } from './encrypt-clear-values.js';
import { announce } from './announcement.js';
import { checkPorts } from './check-ports.js';
import { openDatabases, startEmbedded, type Databases } from './databases.js';
import { keepRunning } from './keep-running.js';
import { prepareAccounts } from './accounts.js';
import { takeRunnerLock } from './runner-lock.js';
import { ensureMasterKey } from './master-key.js';
import { loadSecrets } from './secrets.js';
import { describeProcesses, type PlatformProcesses } from './services.js';
import type { Settings } from './settings.js';
import type { ShowStep } from './show-step.js';
import { whenAborted, type StopSignals } from './stop-signals.js';

/** What the platform runs with. */
export interface PlatformOptions {
  root: string;
  settings: Settings;
  /** Our own environment, for the children. */
  environment: NodeJS.ProcessEnv;
  showStep: ShowStep;
  signals: StopSignals;
  /**
   * Development: the gateway follows the supergraph file, and this is called once everything runs. It returns
   * what ends it.
   */
  watch?: (processes: PlatformProcesses, report: (line: string) => void) => Promise<() => Promise<void>>;
}

/**
 * Runs the whole platform until it is told to stop, and takes everything down again in the order gateway,
 * services, PostgreSQL, also when the start fails half-way.
 *
 * @throws what kept it from starting; for what a person can mend, an error whose message is a sentence
 */
export async function runPlatform(options: PlatformOptions): Promise<void> {
  const { root, settings, environment, showStep, signals, watch } = options;
  const undo: (() => Promise<void>)[] = [];
  const report = (line: string): void => {
    process.stderr.write(`${line}\n`);
  };
  try {
    const lock = await takeRunnerLock(settings.dataDirectory);
    undo.push(lock.release);
    await checkPorts(neededPorts(settings));
    await ensureAuditFiles(settings);
    const databases = await showStep('PostgreSQL', (progress) => openDatabases(settings, progress));
    const restart = (): Promise<Cluster> => startEmbedded(settings, () => undefined);
    undo.push(databases.cluster ? keepRunning(databases.cluster, restart, report) : databases.close);
    signals.stop.throwIfAborted();
    await showStep('Migrations', (progress) => migrateAll(databases, progress));
    signals.stop.throwIfAborted();
    await ensureMasterKey(settings, databases.urls);
    const accounts = await prepareAccounts(databases, settings, showStep);
    signals.stop.throwIfAborted();
    const generated = await loadSecrets(settings.dataDirectory);
    const secrets = { contextSecret: settings.contextSecret ?? generated.contextSecret };
    await ensureAccessTokenKeys(settings);
    await encryptWhatIsClear(databases, settings, showStep, report);
    signals.stop.throwIfAborted();
    const sources = { inherited: environment, settings, secrets, urls: databases.urls };
    const processes = describeProcesses({
      root,
      sources,
      watch: watch !== undefined,
      onSpawn: lock.record,
      report,
    });
    undo.push(processes.stop);
    signals.force.addEventListener('abort', processes.kill);
    await showStep('Services', () => processes.startServices(signals.stop));
    await showStep('Gateway', () => processes.startGateway(signals.stop));
    if (watch) undo.push(await watch(processes, report));
    process.stdout.write(announce(settings, accounts));
    await whenAborted(signals.stop);
    report('Stopping: finishing what is under way. Ctrl-C again stops at once.');
  } catch (error) {
    if (!signals.stop.aborted) throw error;
  } finally {
    for (const step of undo.reverse()) await step();
  }
  report('Stopped.');
}

function neededPorts(settings: Settings): ListenAddress[] {
  return [
    { port: settings.gatewayPort, portSetting: 'PORT', host: settings.host },
    ...serviceNames.map((service) => ({
      port: settings.servicePorts[service],
      portSetting: `${service.toUpperCase()}_PORT`,
      host: '127.0.0.1',
    })),
  ];
}

async function migrateAll({ urls }: Databases, progress: (detail: string) => void): Promise<void> {
  for (const service of serviceNames) {
    const { migrationUrl, databaseUrl } = urls[service];
    await migrate({
      service,
      migrationUrl,
      runtimeRole: decodeURIComponent(new URL(databaseUrl).username),
      onStep: (step) => {
        if (step.kind === 'waiting') progress(step.message);
        if (step.kind === 'started') progress(`${service} ${step.number}/${step.of} ${step.version}`);
      },
    });
  }
}
