import type { SupergraphManager } from '@apollo/gateway';
import { StartupError, type Logger } from '@caregraph/service-kit';
import { watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';

/** How long a file must have been quiet before it is read again, in milliseconds: editors write in several steps. */
const settleTime = 100;

/**
 * Gives the gateway the supergraph in a file, and, when `watched`, each new one that is written there. One that
 * cannot be used is reported and passed over: the gateway goes on with the last good one.
 */
export function superviseSupergraphFile(file: string, watched: boolean, logger: Logger): SupergraphManager {
  return {
    async initialize({ update }) {
      const supergraphSdl = await readSupergraph(file);
      if (!watched) return { supergraphSdl };
      let current = supergraphSdl;
      let timer: NodeJS.Timeout | undefined;
      const reload = async (): Promise<void> => {
        try {
          const next = await readFile(file, 'utf8');
          if (next === current) return;
          update(next);
          current = next;
          logger.info({ file: basename(file) }, 'took up a new supergraph');
        } catch (error) {
          logger.error({ err: error }, 'the new supergraph cannot be used; going on with the last one');
        }
      };
      // The folder is watched, not the file: a file that is replaced would be watched no more.
      const watcher = watch(dirname(file), (_event, name) => {
        if (name !== basename(file)) return;
        clearTimeout(timer);
        timer = setTimeout(() => void reload(), settleTime);
      });
      return {
        supergraphSdl,
        cleanup() {
          clearTimeout(timer);
          watcher.close();
          return Promise.resolve();
        },
      };
    },
  };
}

async function readSupergraph(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    throw new StartupError(`The supergraph file ${file} cannot be read (${reason}).`, { cause: error });
  }
}
