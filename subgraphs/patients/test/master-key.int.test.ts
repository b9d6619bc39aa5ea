import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { keySettings } from '../../../test/cluster.js';
import { startInVain } from '../../../test/service-process.js';
import { createPatient, startPatients } from './patients-service.js';

/** The name of the key that the tests' data keys are wrapped with; there is a data key once a service has started. */
async function wantedKey(): Promise<string> {
  await using patients = await startPatients();
  await createPatient(patients);
  return readFileSync(keySettings()['ENCRYPTION_MASTER_KEY_FILE'] ?? '', 'utf8').split(' ')[0] ?? '';
}

it('the service does not start without a master key, and says which setting is missing', async () => {
  const { code, said } = await startInVain('patients', { ENCRYPTION_MASTER_KEY_FILE: undefined });
  expect(code).toBe(1);
  expect(said).toContain('ENCRYPTION_MASTER_KEY_FILE: is required');
});

it('the service does not start without its file of master keys, and says which file', async () => {
  const file = '/nowhere/master-key';
  const { code, said } = await startInVain('patients', { ENCRYPTION_MASTER_KEY_FILE: file });
  expect(code).toBe(1);
  expect(said).toContain(`ENCRYPTION_MASTER_KEY_FILE: ${file} cannot be read. If it is lost, put it back`);
});

it('the service does not start with another master key, and says which one its data key wants', async () => {
  const wanted = await wantedKey();
  const secret = randomBytes(32).toString('base64');
  const { code, said } = await startInVain('patients', {
    ENCRYPTION_MASTER_KEY_FILE: undefined,
    ENCRYPTION_MASTER_KEY: `another ${secret}`,
  });
  expect(code).toBe(1);
  expect(said).toContain(`"${wanted}"`);
  expect(said).toContain('"another"');
  expect(said).not.toContain(secret);
});

it('the service does not start with another master key of the same name', async () => {
  const wanted = await wantedKey();
  const { code, said } = await startInVain('patients', {
    ENCRYPTION_MASTER_KEY_FILE: undefined,
    ENCRYPTION_MASTER_KEY: `${wanted} ${randomBytes(32).toString('base64')}`,
  });
  expect(code).toBe(1);
  expect(said).toContain(`does not open with the master key "${wanted}"`);
});
