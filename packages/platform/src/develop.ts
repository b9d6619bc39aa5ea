import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import type { PlatformProcesses } from './services.js';
import { watchSources } from './source-watcher.js';

/** Builds what is stale; returns what identifies each workspace's build, by the name of its package. */
export type Build = () => Promise<ReadonlyMap<string, string>>;

/** The package of each process's folder. */
const packages: Readonly<Record<string, string>> = {
  'subgraphs/users': '@caregraph/users-subgraph',
  'subgraphs/patients': '@caregraph/patients-subgraph',
  'subgraphs/appointments': '@caregraph/appointments-subgraph',
  gateway: '@caregraph/gateway',
};

/**
 * Keeps a running platform in step with its sources: builds what a change touches, restarts the processes
 * made of it, and composes the supergraph anew after a change of a subgraph's schema; the gateway takes that
 * up while it runs. What does not build or compose is told, and the platform goes on as it was.
 *
 * @returns what ends it
 */
export async function followSources(
  root: string,
  build: Build,
  processes: PlatformProcesses,
  report: (line: string) => void,
): Promise<() => Promise<void>> {
  let running = await build();
  return watchSources(root, async (files) => {
    report(`Changed: ${[...files].join(', ')}`);
    try {
      const built = await build();
      const stale = [...processes.all].filter(([folder]) => {
        const name = packages[folder] ?? folder;
        return built.get(name) !== running.get(name) && concerns(folder, files);
      });
      running = built;
      await Promise.all(
        stale.map(async ([folder, process]) => {
          const back = await process.restart();
          report(back ? `Restarted ${folder}.` : `${folder} does not start; mend it and save again.`);
        }),
      );
      if ([...files].some((file) => file.endsWith('/schema.graphql'))) report(await compose(root));
    } catch (error) {
      report(error instanceof Error ? error.message : String(error));
    }
  });
}

/** The gateway is built of nothing in the subgraphs: their schemas reach it through the supergraph. */
function concerns(folder: string, files: ReadonlySet<string>): boolean {
  return folder !== 'gateway' || [...files].some((file) => !file.startsWith('subgraphs/'));
}

async function compose(root: string): Promise<string> {
  const program = path.join(root, 'gateway', 'dist', 'supergraph', 'compose-main.js');
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program], { cwd: root });
  return `${stderr}${stdout}`.trim();
}
