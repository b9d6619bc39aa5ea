import { roles, type Role } from '@caregraph/service-kit';
import { randomUUID } from 'node:crypto';
import { CreateUserDocument, LogInDocument, SetDoctorScheduleDocument } from '../../generated/operations.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform-processes.js';
import { connectRows, insertAppointment, insertPatient, insertUser } from './rows.js';

/** Somebody with an account, who has logged in. */
export interface Account {
  readonly id: number;
  readonly email: string;
  readonly password: string;
  readonly token: string;
}

/** The platform with a user of each role, a doctor with a patient, an appointment and a working week, and a holiday. */
export interface Clinic extends AsyncDisposable {
  readonly platform: PlatformProcesses;
  readonly accounts: Readonly<Record<Role, Account>>;
  readonly doctorId: number;
  readonly patientId: number;
  readonly appointmentId: number;
  /** Adds a user whom no other test knows, and who has not logged in. */
  addUser(role: Role): Promise<{ readonly id: number; readonly token: string }>;
  /** Adds a scheduled appointment of a doctor, on a day of its own. */
  addAppointment(doctorId: number): Promise<number>;
  /** Adds time off of a doctor, on the first day of the century. */
  addTimeOff(doctorId: number): Promise<number>;
  /** Adds a session that lasts for a day. */
  addSession(userId: number): Promise<string>;
}

export async function startClinic(): Promise<Clinic> {
  const platform = await startPlatformProcesses();
  const users = await connectRows(platform.databases.users.superuserUrl);
  const appointments = await connectRows(platform.databases.appointments.superuserUrl);
  await using patients = await connectRows(platform.databases.patients.superuserUrl);

  let day = 0;
  const addAppointment = (doctorId: number): Promise<number> => {
    const dateTime = new Date(Date.UTC(2031, 2, 3 + day++, 9)).toISOString().slice(0, 16);
    return insertAppointment(appointments, { patientId, doctorId, createdBy: doctorId, dateTime });
  };

  const administrator = await insertUser(users, 'ADMIN', 'Root', 'Ng');
  const token = await platform.token(administrator);
  const accounts = new Map<Role, Account>();
  for (const role of roles) accounts.set(role, await openAccount(platform, role, token));
  const { id: doctorId } = await insertUser(users, 'DOCTOR', 'Sarah', 'Chen');
  const patientId = await insertPatient(patients, {
    firstName: 'Alice',
    lastName: 'Moreau',
    createdBy: administrator.id,
  });
  await patients.run(
    `UPDATE patients SET address = 'x', insurance = 'x', emergency_contact_name = 'x',
       medical_history = 'x', allergies = 'x', medications = 'x'`,
  );
  const appointmentId = await addAppointment(doctorId);
  await appointments.run(
    `UPDATE appointments SET notes = 'x', overrides_schedule = true, override_reason = 'x'`,
  );
  await setWeek(platform, doctorId, token);
  const addException = `INSERT INTO schedule_exceptions (kind, doctor_id, first_date, last_date, reason, created_by)
    VALUES ($1, $2, '2000-01-01', '2000-01-01', 'x', 1) RETURNING id`;
  await appointments.run(addException, ['clinic-holiday', null]);

  return {
    platform,
    accounts: Object.fromEntries(accounts) as Record<Role, Account>,
    doctorId,
    patientId,
    appointmentId,
    async addUser(role) {
      const user = await insertUser(users, role, 'New', 'Comer');
      return { id: user.id, token: await platform.token(user) };
    },
    addAppointment,
    addTimeOff: (doctor) => appointments.number(addException, ['time-off', doctor]),
    async addSession(userId) {
      const id = randomUUID();
      const nextDay = `CURRENT_TIMESTAMP + interval '1 day'`;
      await users.run(
        `INSERT INTO sessions (id, user_id, expires_at, renewable_until) VALUES ($1, $2, ${nextDay}, ${nextDay})`,
        [id, userId],
      );
      return id;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([users[Symbol.asyncDispose](), appointments[Symbol.asyncDispose]()]);
      await platform[Symbol.asyncDispose]();
    },
  };
}

async function openAccount(platform: PlatformProcesses, role: Role, token: string): Promise<Account> {
  const email = `${randomUUID()}@clinic.example`;
  const password = randomUUID();
  const input = { email, password, firstName: 'Given', lastName: role, role };
  const created = await platform.send(CreateUserDocument, { input }, { token });
  const login = await platform.send(LogInDocument, { input: { email, password } });
  const { accessToken } = login.data?.login.session ?? {};
  if (accessToken === undefined) throw new Error(`Nobody logged in: ${JSON.stringify([created, login])}`);
  return { id: Number(created.data?.createUser.user?.id), email, password, token: accessToken };
}

/** Every day from nine to five. */
async function setWeek(platform: PlatformProcesses, doctorId: number, token: string): Promise<void> {
  const week = ['MONDAY', 'TUESDAY', 'WEDNESDAY', 'THURSDAY', 'FRIDAY', 'SATURDAY', 'SUNDAY'] as const;
  const days = week.map((dayOfWeek) => ({ dayOfWeek, startTime: '09:00', endTime: '17:00' }));
  const input = { doctorId: String(doctorId), days };
  const { data, errors } = await platform.send(SetDoctorScheduleDocument, { input }, { token });
  if (data?.setDoctorSchedule.userErrors.length !== 0) {
    throw new Error(`The week was not set: ${JSON.stringify([data, errors])}`);
  }
}
