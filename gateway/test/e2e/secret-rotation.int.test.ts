import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { startPlatformProcesses } from './platform/platform-processes.js';
import { connectRows, insertPatient, insertUser } from './platform/rows.js';

it('replaces the secret of service contexts one process after the other, and answers all the while', async () => {
  await using platform = await startPlatformProcesses();
  await using users = await connectRows(platform.databases.users.superuserUrl);
  await using patients = await connectRows(platform.databases.patients.superuserUrl);
  const doctor = await insertUser(users, 'DOCTOR', 'Sarah', 'Chen');
  const patient = { firstName: 'Alice', lastName: 'Moreau', createdBy: doctor.id };
  const id = String(await insertPatient(patients, patient));
  const token = await platform.token(doctor);
  const page = () =>
    platform.query(
      `query Page($id: ID!) { patient(id: $id) { fullName createdBy { fullName } appointments { totalCount } } }`,
      { variables: { id }, token },
    );
  const whole = {
    patient: {
      fullName: 'Alice Moreau',
      createdBy: { fullName: 'Sarah Chen' },
      appointments: { totalCount: 0 },
    },
  };
  const restart = async (name: Parameters<typeof platform.restart>[0], settings: Record<string, string>) => {
    platform.process(name).signal('SIGTERM');
    await platform.restart(name, settings);
    expect(await page()).toMatchObject({ status: 200, data: whole });
  };
  const next = randomUUID() + randomUUID();
  const both = { SERVICE_CONTEXT_SECRET: next, SERVICE_CONTEXT_SECRET_PREVIOUS: platform.contextSecret };

  // First those that are called know both; then those that call sign with the new one.
  for (const name of ['users', 'patients', 'appointments', 'gateway'] as const) await restart(name, both);
  // By now nobody needs the old one.
  await restart('patients', { SERVICE_CONTEXT_SECRET: next });
});
