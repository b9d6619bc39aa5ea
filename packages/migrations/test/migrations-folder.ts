import { cp, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceDirectory, type Service } from '../src/services.js';

/** A temporary folder of migrations to change at will; it is removed when it goes out of scope. */
export interface MigrationsFolder extends AsyncDisposable {
  /** For the `directory` of the migrator. */
  readonly path: string;
  /** Adds one of a service's own migrations. */
  copyFrom(service: Service, version: string): Promise<void>;
  /** Adds or overwrites a migration; without `down` it has no `down.sql`. */
  write(version: string, up: string, down?: string): Promise<void>;
  /** Takes a migration away. */
  remove(version: string): Promise<void>;
}

/** Makes an empty folder of migrations, with privileges that grant nothing. */
export async function migrationsFolder(): Promise<MigrationsFolder> {
  const path = await mkdtemp(join(tmpdir(), 'caregraph-migrations-'));
  await mkdir(join(path, 'migrations'));
  await writeFile(join(path, 'privileges.sql'), '');
  const folderOf = (version: string): string => join(path, 'migrations', version);
  return {
    path,
    copyFrom: (service, version) =>
      cp(join(serviceDirectory(service), 'migrations', version), folderOf(version), { recursive: true }),
    write: async (version, up, down) => {
      await mkdir(folderOf(version), { recursive: true });
      await writeFile(join(folderOf(version), 'migration.sql'), up);
      if (down !== undefined) await writeFile(join(folderOf(version), 'down.sql'), down);
    },
    remove: (version) => rm(folderOf(version), { recursive: true }),
    [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }),
  };
}

/** The versions of a service's own migrations, oldest first. */
export async function versionsOf(service: Service): Promise<string[]> {
  const entries = await readdir(join(serviceDirectory(service), 'migrations'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}
