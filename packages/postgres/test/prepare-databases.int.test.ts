import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { prepareDatabases } from '@caregraph/postgres';
import { expect, it } from 'vitest';
import { Client } from 'pg';
import { clusterFolder, query, start } from './cluster-fixtures.js';

it('makes databases that only their own two roles can enter, however often it is done', async () => {
  await using folder = await clusterFolder();
  const cluster = await start(folder.path);
  const passwords = { owner: 'a b:/@?#%', runtime: 'run' };
  const all = { users: passwords, patients: passwords, appointments: passwords };
  await prepareDatabases(cluster, all);
  const urls = await prepareDatabases(cluster, all);

  expect(await whoAmI(urls.users.migrationUrl)).toEqual({
    role: 'users_owner',
    database: 'user_service_db',
    zone: 'UTC',
  });
  expect(await whoAmI(urls.appointments.databaseUrl)).toEqual({
    role: 'appointments_service',
    database: 'appointment_service_db',
    zone: 'UTC',
  });
  const trespass = new URL(urls.users.databaseUrl);
  trespass.pathname = new URL(urls.patients.databaseUrl).pathname;
  await expect(whoAmI(trespass.href)).rejects.toThrow('permission denied for database "patient_service_db"');

  expect(
    await query(
      cluster,
      "SELECT rolname AS role, rolconnlimit AS connections, rolsuper OR rolcreatedb OR rolcreaterole AS powerful FROM pg_roles WHERE rolname LIKE 'patients%' ORDER BY rolname",
    ),
  ).toEqual([
    { role: 'patients_owner', connections: -1, powerful: false },
    { role: 'patients_service', connections: 50, powerful: false },
  ]);
});

it('keeps the service roles out of the databases that every cluster has', async () => {
  await using folder = await clusterFolder();
  const cluster = await start(folder.path);
  const passwords = { owner: 'own', runtime: 'run' };
  const { users } = await prepareDatabases(cluster, {
    users: passwords,
    patients: passwords,
    appointments: passwords,
  });
  for (const url of [users.databaseUrl, users.migrationUrl]) {
    for (const database of ['postgres', 'template1']) {
      const trespass = new URL(url);
      trespass.pathname = `/${database}`;
      await expect(whoAmI(trespass.href)).rejects.toThrow(`permission denied for database "${database}"`);
    }
  }
  expect(await query(cluster, "SELECT has_database_privilege('users_owner', 'postgres', 'TEMP')")).toEqual([
    { has_database_privilege: false },
  ]);
});

it('lets a service role neither make tables, temporary ones included, nor extensions', async () => {
  await using folder = await clusterFolder();
  const cluster = await start(folder.path);
  const passwords = { owner: 'own', runtime: 'run' };
  const { users } = await prepareDatabases(cluster, {
    users: passwords,
    patients: passwords,
    appointments: passwords,
  });
  const client = new Client({ connectionString: users.databaseUrl });
  await client.connect();
  try {
    await expect(client.query('CREATE TABLE intruder ()')).rejects.toThrow('permission denied');
    await expect(client.query('CREATE TEMPORARY TABLE intruder ()')).rejects.toThrow('permission denied');
    await expect(client.query('CREATE EXTENSION pg_trgm')).rejects.toThrow('permission denied');
  } finally {
    await client.end();
  }
});

it("keeps rows and statements that PostgreSQL refuses out of the server's log", async () => {
  await using folder = await clusterFolder();
  const cluster = await start(folder.path);
  const passwords = { owner: 'own', runtime: 'run' };
  const { patients } = await prepareDatabases(cluster, {
    users: passwords,
    patients: passwords,
    appointments: passwords,
  });
  const client = new Client({ connectionString: patients.migrationUrl });
  await client.connect();
  try {
    await client.query(
      "CREATE TABLE people (name TEXT UNIQUE, CONSTRAINT not_alice CHECK (name <> 'Alice'))",
    );
    await client.query('INSERT INTO people VALUES ($1)', ['Zuckmayer']);
    for (const name of ['Alice', 'Zuckmayer']) {
      await expect(client.query('INSERT INTO people VALUES ($1)', [name])).rejects.toThrow('violates');
      await expect(client.query(`INSERT INTO people VALUES ('${name}')`)).rejects.toThrow('violates');
    }
  } finally {
    await client.end();
  }
  const log = await readFile(path.join(folder.path, 'cluster', 'server.log'), 'utf8');
  expect(log).toContain('not_alice');
  expect(log).not.toMatch(/Zuckmayer|Alice/);
});

async function whoAmI(connectionString: string): Promise<unknown> {
  const client = new Client({ connectionString });
  await client.connect();
  try {
    const { rows } = await client.query<Record<string, string>>(
      "SELECT current_user AS role, current_database() AS database, current_setting('TimeZone') AS zone",
    );
    return rows[0];
  } finally {
    await client.end();
  }
}
