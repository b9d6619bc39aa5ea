import { createScratchCluster, prepareDatabases, type RolePasswords } from '@caregraph/postgres';
import { Client } from 'pg';
import { expect, it } from 'vitest';
import { rewriteTable } from '../src/rewrite-table.js';

it("leaves nothing in the table's file of what its records were", async () => {
  const cluster = await createScratchCluster();
  try {
    const passwords: RolePasswords = { owner: 'owner', runtime: 'runtime' };
    const urls = await prepareDatabases(cluster, {
      users: passwords,
      patients: passwords,
      appointments: passwords,
    });
    const database = new URL(urls.patients.migrationUrl).pathname.slice(1);
    const owner = new Client({ connectionString: urls.patients.migrationUrl });
    const superuser = new Client({ connectionString: cluster.superuserUrl(database) });
    await owner.connect();
    await superuser.connect();
    const isInFile = async (): Promise<boolean> => {
      await superuser.query('CHECKPOINT');
      const { rows } = await superuser.query<{ found: boolean }>(
        `SELECT position('Penicillin'::bytea IN pg_read_binary_file(pg_relation_filepath('patients'))) > 0 AS found`,
      );
      return rows[0]?.found ?? false;
    };
    try {
      await owner.query('CREATE TABLE patients (id integer, allergies text)');
      await owner.query("INSERT INTO patients VALUES (1, 'Penicillin')");
      await owner.query("UPDATE patients SET allergies = 'enc:v1:one:A'");
      expect(await isInFile()).toBe(true);
      await rewriteTable({ urls, cluster, close: () => Promise.resolve() }, 'patients');
      expect(await isInFile()).toBe(false);
    } finally {
      await owner.end();
      await superuser.end();
    }
  } finally {
    await cluster.stop();
  }
});
