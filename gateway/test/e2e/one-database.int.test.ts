import { migrate } from '@caregraph/migrations';
import { serviceNames, type ServiceName } from '@caregraph/postgres';
import { expect, it } from 'vitest';
import { createScratchDatabase } from '../../../test/cluster.js';
import { startPlatformProcesses } from './platform/platform-processes.js';

function inSchema(url: string, schema: string): string {
  const copy = new URL(url);
  copy.searchParams.set('schema', schema);
  return copy.href;
}

it('runs over one database that has a schema for each service', async () => {
  await using database = await createScratchDatabase('users', { empty: true });
  const schemaOf = (service: ServiceName): string => `clinic ${service}`;
  for (const service of serviceNames) {
    const migrationUrl = inSchema(database.migrationUrl, schemaOf(service));
    await migrate({ service, migrationUrl, runtimeRole: 'users_service' });
  }
  const urlOf = (service: ServiceName): string => inSchema(database.databaseUrl, schemaOf(service));
  await using platform = await startPlatformProcesses({
    USERS_DATABASE_URL: urlOf('users'),
    PATIENTS_DATABASE_URL: urlOf('patients'),
    APPOINTMENTS_DATABASE_URL: urlOf('appointments'),
  });
  const administrator = { token: await platform.token({ id: 1, role: 'ADMIN' }) };
  const created = await platform.query(
    `mutation {
      createUser(input: {
        email: "amy@example.org", password: "a good password", firstName: "Amy", lastName: "Ng", role: DOCTOR
      }) { user { id } userErrors { code } }
      createPatient(input: {
        firstName: "Zoë", lastName: "Ölund", dateOfBirth: "1980-01-01", gender: FEMALE,
        phone: "+43 1 234567", email: "zoe@example.org"
      }) { patient { id } userErrors { code } }
      bookAppointment(input: {
        patientId: "1", doctorId: "1", dateTime: "2100-03-01T09:00:00Z", duration: 30, type: EMERGENCY, reason: "Fall"
      }) { appointment { id } userErrors { code } }
    }`,
    administrator,
  );
  expect(created).toMatchObject({
    data: {
      createUser: { user: { id: '1' }, userErrors: [] },
      createPatient: { patient: { id: '1' }, userErrors: [] },
      bookAppointment: { appointment: { id: '1' }, userErrors: [] },
    },
  });
  const found = await platform.query(
    '{ patients(search: "zoe olu") { edges { node { appointments { edges { node { doctor { fullName } } } } } } } }',
    administrator,
  );
  expect(found.data).toEqual({
    patients: {
      edges: [{ node: { appointments: { edges: [{ node: { doctor: { fullName: 'Amy Ng' } } }] } } }],
    },
  });
});
