import { expect, it } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { createMasterKey } from '../src/master-keys.js';
import { openFieldCipher } from '../src/field-cipher.js';

it('first', async () => {
  await using database = await createScratchDatabase('patients');
  const settings = { ENCRYPTION_MASTER_KEY: createMasterKey(new Date()) };
  const logger = { warn: () => undefined, error: () => undefined };
  const open = () =>
    openFieldCipher({ service: 'patients', databaseUrl: database.databaseUrl, settings, logger });
  const [a, b] = await Promise.all([open(), open()]);
  const place = { table: 'patients', row: 1, column: 'allergies' };
  expect(await b.decrypt(a.encrypt('x', place), place)).toBe('x');
  await a.close();
  await b.close();
});
