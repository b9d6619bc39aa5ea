import { readFileSync, writeFileSync } from 'node:fs';
import { serviceNames } from '@caregraph/service-kit';
import { databaseTarget } from '@caregraph/service-kit/database-target';
import { Client } from 'pg';
import { guardsFile, guardsText, readGuards } from './verify-guards.js';

/* Writes how the migrated databases guard their trails into the files that `npm run audit:verify` compares with. */
for (const service of serviceNames) {
  const { connection, schema } = databaseTarget(process.env[`${service.toUpperCase()}_DATABASE_URL`] ?? '');
  const client = new Client(connection);
  await client.connect();
  try {
    const file = guardsFile(service);
    const text = guardsText(await readGuards(client, schema));
    const isStale = readFileSync(file, 'utf8') !== text;
    if (isStale) writeFileSync(file, text);
    console.log(`${service}: ${isStale ? 'written' : 'as it was'}`);
  } finally {
    await client.end();
  }
}
