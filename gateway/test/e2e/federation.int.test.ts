import { beforeAll, describe, expect, it } from 'vitest';
import { DoctorsDayDocument, PatientPageDocument } from '../generated/operations.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { connectRows, insertAppointment, insertPatient, insertUser, type Rows } from './platform/rows.js';

let platform: PlatformProcesses;
let users: Rows;
let patients: Rows;
let appointments: Rows;

beforeAll(async () => {
  platform = await startPlatformProcesses();
  users = await connectRows(platform.databases.users.superuserUrl);
  patients = await connectRows(platform.databases.patients.superuserUrl);
  appointments = await connectRows(platform.databases.appointments.superuserUrl);

  return async () => {
    await Promise.all([users, patients, appointments].map((rows) => rows[Symbol.asyncDispose]()));
    await platform[Symbol.asyncDispose]();
  };
});

/** A first of January so many years ago: whoever was born then is of that age all year. */
function bornYearsAgo(years: number): string {
  return `${new Date().getUTCFullYear() - years}-01-01`;
}

describe('one query across three services', () => {
  it("answers a doctor's day, with each patient's name, age and allergies, and who booked", async () => {
    const doctor = await insertUser(users, 'DOCTOR', 'Sarah', 'Chen');
    const clerk = await insertUser(users, 'STAFF', 'Omar', 'Haddad');
    const createdBy = clerk.id;
    const alice = await insertPatient(patients, {
      firstName: 'Alice',
      lastName: 'Moreau',
      dateOfBirth: bornYearsAgo(36),
      allergies: 'Penicillin',
      createdBy,
    });
    const bob = await insertPatient(patients, {
      firstName: 'Bob',
      lastName: 'Okafor',
      dateOfBirth: bornYearsAgo(71),
      createdBy,
    });
    const book = (patientId: number, dateTime: string, reason: string): Promise<number> =>
      insertAppointment(appointments, { patientId, doctorId: doctor.id, createdBy, dateTime, reason });
    const second = await book(bob, '2031-03-03 14:30', 'Blood pressure');
    const first = await book(alice, '2031-03-03 09:00', 'Rash');
    await book(alice, '2031-03-04 09:00', 'The next day');

    const { data, errors } = await platform.send(
      DoctorsDayDocument,
      {
        doctorId: String(doctor.id),
        from: '2031-03-03T00:00:00Z',
        to: '2031-03-04T00:00:00Z',
      },
      { token: await platform.token(doctor) },
    );

    const chen = { id: String(doctor.id), fullName: 'Sarah Chen' };
    const haddad = { id: String(clerk.id), fullName: 'Omar Haddad', role: 'STAFF' };
    expect(errors).toBeUndefined();
    expect(data?.appointments?.edges.map(({ node }) => node)).toEqual([
      {
        id: String(first),
        dateTime: '2031-03-03T09:00:00.000Z',
        endsAt: '2031-03-03T09:30:00.000Z',
        duration: 30,
        type: 'CONSULTATION',
        status: 'SCHEDULED',
        reason: 'Rash',
        version: 1,
        patient: {
          id: String(alice),
          fullName: 'Alice Moreau',
          age: 36,
          gender: 'FEMALE',
          allergies: 'Penicillin',
        },
        doctor: chen,
        createdBy: haddad,
      },
      {
        id: String(second),
        dateTime: '2031-03-03T14:30:00.000Z',
        endsAt: '2031-03-03T15:00:00.000Z',
        duration: 30,
        type: 'CONSULTATION',
        status: 'SCHEDULED',
        reason: 'Blood pressure',
        version: 1,
        patient: { id: String(bob), fullName: 'Bob Okafor', age: 71, gender: 'FEMALE', allergies: null },
        doctor: chen,
        createdBy: haddad,
      },
    ]);
    expect(data?.appointments?.totalCount).toBe(2);
    expect(data?.appointments?.pageInfo.hasNextPage).toBe(false);
  });

  it('goes from a patient to the appointments, on to their doctors, and to the schedules of these', async () => {
    const doctor = await insertUser(users, 'DOCTOR', 'Ines', 'Varga');
    const patient = await insertPatient(patients, {
      firstName: 'Tove',
      lastName: 'Berg',
      createdBy: doctor.id,
    });
    await insertAppointment(appointments, {
      patientId: patient,
      doctorId: doctor.id,
      createdBy: doctor.id,
      dateTime: '2031-05-05 10:00',
    });
    await appointments.run(
      `INSERT INTO doctor_schedules (doctor_id, day_of_week, start_time, end_time) VALUES ($1, 1, '08:00', '16:00')`,
      [doctor.id],
    );
    const { data, errors } = await platform.query(
      `query Deep($id: ID!) {
        patient(id: $id) {
          createdBy { fullName }
          appointments {
            edges {
              node {
                doctor {
                  fullName
                  schedule { dayOfWeek startTime endTime isAvailable }
                  appointments { edges { node { patient { lastName } } } }
                }
              }
            }
          }
        }
      }`,
      { variables: { id: String(patient) }, token: await platform.token(doctor) },
    );
    expect(errors).toBeUndefined();
    expect(data).toEqual({
      patient: {
        createdBy: { fullName: 'Ines Varga' },
        appointments: {
          edges: [
            {
              node: {
                doctor: {
                  fullName: 'Ines Varga',
                  schedule: [
                    { dayOfWeek: 'MONDAY', startTime: '08:00', endTime: '16:00', isAvailable: true },
                  ],
                  appointments: { edges: [{ node: { patient: { lastName: 'Berg' } } }] },
                },
              },
            },
          ],
        },
      },
    });
  });

  it('answers null, without an error, for a patient that does not exist and for ids that are none', async () => {
    const nurse = await insertUser(users, 'NURSE', 'Ada', 'Lind');
    const token = await platform.token(nurse);
    for (const id of ['abc', '-1', '99999999999999', '2147483647']) {
      const answer = await platform.send(PatientPageDocument, { id, clinical: true }, { token });
      expect({ data: answer.data, errors: answer.errors }).toEqual({
        data: { patient: null },
        errors: undefined,
      });
    }
  });
});

describe('what a page costs', () => {
  it('sends as many statements for 50 appointments of 50 patients, doctors and creators as for one', async () => {
    const reader = await insertUser(users, 'DOCTOR', 'Jun', 'Sato');
    const token = await platform.token(reader);
    for (let index = 0; index < 50; index += 1) {
      const doctor = await insertUser(users, 'DOCTOR', 'Doctor', `Of ${index}`);
      const creator = await insertUser(users, 'STAFF', 'Clerk', `Of ${index}`);
      const createdBy = creator.id;
      const patientId = await insertPatient(patients, {
        firstName: 'Patient',
        lastName: `Of ${index}`,
        createdBy,
      });
      const dateTime = '2032-01-01 12:00';
      await insertAppointment(appointments, { patientId, doctorId: doctor.id, createdBy, dateTime });
    }
    const page = async (first: number) => {
      const before = await platform.dataStatements();
      const { data, errors } = await platform.query<{ appointments: { edges: { node: unknown }[] } }>(
        `query Page($first: Int!) {
          appointments(filter: { from: "2032-01-01T00:00:00Z", to: "2032-01-02T00:00:00Z" }, first: $first) {
            edges {
              node {
                id
                patient { id fullName age allergies createdBy { id fullName } }
                doctor { id fullName schedule { id } }
                createdBy { id fullName role }
              }
            }
            totalCount
          }
        }`,
        { variables: { first }, token },
      );
      const after = await platform.dataStatements();
      expect(errors).toBeUndefined();
      expect(data?.appointments.edges).toHaveLength(first);
      return {
        users: after.users - before.users,
        patients: after.patients - before.patients,
        appointments: after.appointments - before.appointments,
      };
    };
    const ofOne = await page(1);
    expect(await page(50)).toEqual(ofOne);
    expect(ofOne.users).toBeGreaterThan(0);
    expect(ofOne.patients).toBe(1);
    expect(ofOne.appointments).toBeGreaterThan(0);
  });
});

describe('the logs', () => {
  it('join the lines of one request across the processes by an id that the gateway chose', async () => {
    const doctor = await insertUser(users, 'DOCTOR', 'Eva', 'Ruiz');
    const patient = await insertPatient(patients, {
      firstName: 'Log',
      lastName: 'Reader',
      createdBy: doctor.id,
    });
    await insertAppointment(appointments, {
      patientId: patient,
      doctorId: doctor.id,
      createdBy: doctor.id,
      dateTime: '2033-01-03 09:00',
    });
    const { headers, errors } = await platform.send(
      PatientPageDocument,
      { id: String(patient), clinical: false },
      { token: await platform.token(doctor), headers: { 'x-request-id': 'chosen-by-the-client' } },
    );
    expect(errors).toBeUndefined();
    const requestId = headers.get('x-request-id');
    expect(requestId).toMatch(/^[0-9a-f-]{36}$/);
    for (const name of ['gateway', 'patients', 'appointments', 'users'] as const) {
      const line = await platform.process(name).line((candidate) => candidate['requestId'] === requestId);
      expect(line['service']).toBe(name);
      expect(platform.process(name).output()).not.toContain('chosen-by-the-client');
    }
  });

  it('hold nothing about patients, whatever has been asked', async () => {
    const doctor = await insertUser(users, 'DOCTOR', 'Paul', 'Weber');
    const patient = await insertPatient(patients, {
      firstName: 'Zerline',
      lastName: 'Quastenflosser',
      allergies: 'Brazil nuts and xylitol',
      dateOfBirth: '1951-07-13',
      createdBy: doctor.id,
    });
    await insertAppointment(appointments, {
      patientId: patient,
      doctorId: doctor.id,
      createdBy: doctor.id,
      dateTime: '2033-02-01 09:00',
      reason: 'Suspected gallstones',
    });
    const token = await platform.token(doctor);
    await platform.send(PatientPageDocument, { id: String(patient), clinical: true }, { token });
    await platform.query(`{ patients(search: "quastenflosser") { edges { node { fullName } } } }`, { token });
    // Wrong on purpose: what is refused must not be quoted in a log either.
    await platform.query(`{ patients(search: "Quastenflosser", first: 1000) { totalCount } }`, { token });
    await platform.query(`query ($phone: Int) { patient(id: "Quastenflosser") { phone } }`, {
      variables: { phone: 'Quastenflosser' },
      token,
    });
    const logs = (['gateway', 'patients', 'appointments', 'users'] as const).map((name) =>
      platform.process(name).output(),
    );
    for (const secret of ['quastenflosser', 'zerline', 'xylitol', 'gallstones', '1951-07-13']) {
      for (const log of logs) expect(log.toLowerCase()).not.toContain(secret);
    }
  });
});
