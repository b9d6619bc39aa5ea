import { readFile } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { migrate, rollback, services, type Service } from '../src/index.js';
import { columnsOf, readCatalogue, type Catalogue } from './catalogue.js';
import { connect } from './connect.js';
import { documentedAdditions } from './documented-additions.js';
import { migrationsFolder, versionsOf } from './migrations-folder.js';

/** The tables that are specified, with the number of columns that the specification's text lists for each. */
const specifiedTables: Record<Service, Record<string, number>> = {
  users: { users: 9 },
  patients: { patients: 23 },
  appointments: { appointments: 13, doctor_schedules: 10 },
};

async function specifiedCatalogue(service: Service): Promise<Catalogue> {
  await using database = await createScratchDatabase(service, { empty: true });
  await using owner = await connect(database.migrationUrl);
  const script = new URL(`../../../prisma/test/specified/${service}.sql`, import.meta.url);
  await owner.query(await readFile(script, 'utf8'));
  return await readCatalogue(owner);
}

describe.each(services)('the %s database', (service) => {
  test('has everything that is specified, unchanged, and nothing else but what is documented', async () => {
    await using database = await createScratchDatabase(service, { empty: true });
    await migrate({ service, migrationUrl: database.migrationUrl, runtimeRole: `${service}_service` });
    await using owner = await connect(database.migrationUrl);
    const [specified, actual] = [await specifiedCatalogue(service), await readCatalogue(owner)];

    for (const [name, definition] of specified) {
      expect.soft(actual.get(name), name).toBe(definition);
    }

    const additions = await documentedAdditions(service);
    const addedTables = additions
      .filter(({ name }) => name.startsWith('table '))
      .map(({ name }) => name.slice(6));
    const comesWithTable = (name: string): boolean =>
      addedTables.some(
        (table) => name.startsWith(`column ${table}.`) || name.startsWith(`constraint ${table}.`),
      );
    const undocumented = [...actual.keys()].filter((name) => !specified.has(name) && !comesWithTable(name));
    expect(undocumented.sort()).toEqual(additions.map(({ name }) => name).sort());
    for (const { name, reason } of additions) expect(reason.length, name).toBeGreaterThan(10);
  });

  test('has the specified columns first, in their order', async () => {
    await using database = await createScratchDatabase(service, { empty: true });
    await migrate({ service, migrationUrl: database.migrationUrl, runtimeRole: `${service}_service` });
    await using owner = await connect(database.migrationUrl);
    const [specified, actual] = [await specifiedCatalogue(service), await readCatalogue(owner)];
    for (const [table, count] of Object.entries(specifiedTables[service])) {
      expect(columnsOf(specified, table)).toHaveLength(count);
      expect(columnsOf(actual, table).slice(0, count)).toEqual(columnsOf(specified, table));
      expect(specified.has(`trigger ${table}.update_${table}_updated_at`)).toBe(true);
    }
  });

  test('passes through the same catalogues on the way down and up again as on the way up', async () => {
    await using database = await createScratchDatabase(service, { empty: true });
    await using owner = await connect(database.migrationUrl);
    await using folder = await migrationsFolder();
    const options = { service, migrationUrl: database.migrationUrl, directory: folder.path };
    const up = async (): Promise<Catalogue> => {
      // Granting to the owner grants nothing: privileges are for the last version only.
      await migrate({ ...options, runtimeRole: `${service}_owner` });
      return readCatalogue(owner);
    };

    const catalogues = [await up()];
    for (const version of await versionsOf(service)) {
      await folder.copyFrom(service, version);
      catalogues.push(await up());
    }
    for (const catalogue of catalogues.slice(0, -1).reverse()) {
      await rollback({ ...options, steps: 1 });
      expect(withoutExtensions(await readCatalogue(owner))).toEqual(withoutExtensions(catalogue));
    }
    expect(await up()).toEqual(catalogues.at(-1));
  });
});

/** Extensions stay when a migration is reverted: another schema of the database may use them. */
function withoutExtensions(catalogue: Catalogue): Catalogue {
  return new Map([...catalogue].filter(([name]) => !name.startsWith('extension ')));
}
