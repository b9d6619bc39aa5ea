import { expect, test } from 'vitest';
import type { Service } from '../src/index.js';
import { failureOf, type Connection } from './connect.js';
import { databaseOfThisFile, type AsRuntimeRole } from './migrated-database.js';

const EXCLUSION_VIOLATION = '23P01';
const CHECK_VIOLATION = '23514';
const UNIQUE_VIOLATION = '23505';

const asService: Record<Service, AsRuntimeRole> = {
  users: databaseOfThisFile('users'),
  patients: databaseOfThisFile('patients'),
  appointments: databaseOfThisFile('appointments'),
};

interface Booking {
  patient?: number;
  doctor?: number;
  time?: string;
  minutes?: number;
  status?: string;
  active?: boolean | null;
}

/** The statement that books, with its values. */
function booking(what: Booking): [sql: string, values: unknown[]] {
  const { patient = 1, doctor = 1, time = '2026-03-02 10:00', minutes = 30, status = 'scheduled' } = what;
  const active = what.active === undefined ? true : what.active;
  return [
    `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, is_active, created_by)
     VALUES ($1, $2, $3, $4, 'consultation', $5, 'x', $6, 1)`,
    [patient, doctor, time, minutes, status, active],
  ];
}

function book(connection: Connection, what: Booking): Promise<unknown> {
  return connection.query(...booking(what));
}

function refusalOf(connection: Connection, what: Booking): ReturnType<typeof failureOf> {
  return failureOf(connection, ...booking(what));
}

test(
  'no doctor and no patient has two active appointments at a time',
  asService.appointments(async (service) => {
    await book(service, { patient: 1, doctor: 1 });
    const doctorTwice = { code: EXCLUSION_VIOLATION, constraint: 'appointments_doctor_no_overlap' };
    expect(await refusalOf(service, { patient: 2, time: '2026-03-02 10:29' })).toEqual(doctorTwice);
    expect(await refusalOf(service, { patient: 2, time: '2026-03-02 09:00', minutes: 480 })).toEqual(
      doctorTwice,
    );
    expect(await refusalOf(service, { doctor: 2, time: '2026-03-02 10:15' })).toEqual({
      code: EXCLUSION_VIOLATION,
      constraint: 'appointments_patient_no_overlap',
    });
    await book(service, { time: '2026-03-02 10:30' });
    await book(service, { time: '2026-03-02 09:30' });
    await book(service, { patient: 2, doctor: 2 });
  }),
);

test(
  'an appointment whose is_active is NULL takes its time like any other',
  asService.appointments(async (service) => {
    await book(service, { active: null });
    expect(await refusalOf(service, { active: null })).toMatchObject({ code: EXCLUSION_VIOLATION });
    expect(await refusalOf(service, { active: true })).toMatchObject({ code: EXCLUSION_VIOLATION });
    await book(service, { active: false });
    expect(await failureOf(service, 'UPDATE appointments SET is_active = NULL')).toMatchObject({
      code: EXCLUSION_VIOLATION,
    });
  }),
);

test.each(['completed', 'cancelled', 'no-show'])(
  'an appointment that is %s leaves its time free',
  async (status) => {
    await asService.appointments(async (service) => {
      await book(service, { status });
      await book(service, { status });
      await book(service, {});
      expect(await failureOf(service, `UPDATE appointments SET status = 'confirmed'`)).toMatchObject({
        code: EXCLUSION_VIOLATION,
      });
    })();
  },
);

test.each(['infinity', '-infinity'])('no appointment is at %s', async (time) => {
  await asService.appointments(async (service) => {
    expect(await refusalOf(service, { time })).toEqual({
      code: CHECK_VIOLATION,
      constraint: 'appointments_date_time_finite',
    });
  })();
});

interface Hold {
  doctor?: number;
  time?: string;
  minutes?: number;
  before?: number;
  after?: number;
  /** From its making on. */
  lasts?: string;
}

/** The statement that holds a time, with its values. */
function holding(what: Hold): [sql: string, values: unknown[]] {
  const {
    doctor = 1,
    time = '2026-03-02 10:00',
    minutes = 30,
    before = 0,
    after = 0,
    lasts = '10 minutes',
  } = what;
  return [
    `INSERT INTO slot_holds (
       doctor_id, date_time, duration, type, buffer_before, buffer_after, created_by, created_at, expires_at)
     SELECT $1, $2::timestamp, $3, 'consultation', $4, $5, 1, now, now + $6::interval
     FROM (SELECT LOCALTIMESTAMP) AS clock (now)`,
    [doctor, time, minutes, before, after, lasts],
  ];
}

test(
  'no two hold the time of one doctor, buffers included',
  asService.appointments(async (service) => {
    const refusal = (what: Hold): ReturnType<typeof failureOf> => failureOf(service, ...holding(what));
    const twice = { code: EXCLUSION_VIOLATION, constraint: 'slot_holds_no_overlap' };
    await service.query(...holding({ before: 10, after: 20 }));
    expect(await refusal({ time: '2026-03-02 10:15' })).toEqual(twice);
    expect(await refusal({ time: '2026-03-02 09:30' })).toEqual(twice);
    expect(await refusal({ time: '2026-03-02 10:49' })).toEqual(twice);
    expect(await refusal({ time: '2026-03-02 11:00', before: 15 })).toEqual(twice);
    await service.query(...holding({ time: '2026-03-02 09:20' }));
    await service.query(...holding({ time: '2026-03-02 10:50' }));
    await service.query(...holding({ doctor: 2 }));
  }),
);

test.each([
  ['slot_holds_date_time_finite', { time: 'infinity' }],
  ['slot_holds_date_time_finite', { time: '-infinity' }],
  ['slot_holds_duration_check', { minutes: 14 }],
  ['slot_holds_duration_check', { minutes: 481 }],
  ['slot_holds_buffer_before_check', { before: -1 }],
  ['slot_holds_buffer_after_check', { after: 241 }],
  ['slot_holds_short', { lasts: '0' }],
  ['slot_holds_short', { lasts: '32 minutes' }],
  ['slot_holds_short', { lasts: '-1 minute' }],
])('a hold breaks the rule %s: %o', async (constraint, what) => {
  await asService.appointments(async (service) => {
    expect(await failureOf(service, ...holding(what))).toEqual({ code: CHECK_VIOLATION, constraint });
  })();
});

test.each([
  ['09:00', '17:00', null, null, null],
  ['00:00', '24:00', '12:00', '13:00', null],
  ['09:00', '17:00', '09:00', '17:00', null],
  ['17:00', '09:00', null, null, 'doctor_schedules_hours_in_order'],
  ['09:00', '09:00', null, null, 'doctor_schedules_hours_in_order'],
  ['09:00', '17:00', '12:00', null, 'doctor_schedules_break_whole'],
  ['09:00', '17:00', null, '13:00', 'doctor_schedules_break_whole'],
  ['09:00', '17:00', '13:00', '12:00', 'doctor_schedules_break_within_hours'],
  ['09:00', '17:00', '12:00', '12:00', 'doctor_schedules_break_within_hours'],
  ['09:00', '17:00', '08:59', '10:00', 'doctor_schedules_break_within_hours'],
  ['09:00', '17:00', '16:00', '17:01', 'doctor_schedules_break_within_hours'],
])(
  'a day from %s to %s with a break from %s to %s breaks the rule %s',
  async (start, end, from, to, constraint) => {
    await asService.appointments(async (service) => {
      const insert = `INSERT INTO doctor_schedules (doctor_id, day_of_week, start_time, end_time, break_start, break_end)
                      VALUES (1, 1, $1, $2, $3, $4)`;
      const times = [start, end, from, to];
      if (constraint === null) await service.query(insert, times);
      else expect(await failureOf(service, insert, times)).toEqual({ code: CHECK_VIOLATION, constraint });
    })();
  },
);

const [wholeDay, noDoctor] = [[null, null], null];
test.each([
  ['time-off', 1, '2026-03-02', '2026-03-06', ...wholeDay, null],
  ['time-off', 1, '2026-03-02', '2026-03-02', '09:00', '24:00', null],
  ['extra-hours', 1, '2026-03-02', '2026-03-02', '09:00', '17:00', null],
  ['clinic-holiday', noDoctor, '2026-03-02', '2026-03-02', ...wholeDay, null],
  ['holiday', noDoctor, '2026-03-02', '2026-03-02', ...wholeDay, 'schedule_exceptions_kind_check'],
  ['time-off', noDoctor, '2026-03-02', '2026-03-02', ...wholeDay, 'schedule_exceptions_whose'],
  ['clinic-holiday', 1, '2026-03-02', '2026-03-02', ...wholeDay, 'schedule_exceptions_whose'],
  ['time-off', 1, '2026-03-02', '2026-03-01', ...wholeDay, 'schedule_exceptions_dates_in_order'],
  ['time-off', 1, '2026-03-02', 'infinity', ...wholeDay, 'schedule_exceptions_last_date_check'],
  ['time-off', 1, '2026-03-02', '2026-03-02', '09:00', null, 'schedule_exceptions_hours_whole'],
  ['time-off', 1, '2026-03-02', '2026-03-02', '09:00', '09:00', 'schedule_exceptions_hours_in_order'],
  ['time-off', 1, '2026-03-02', '2026-03-03', '09:00', '17:00', 'schedule_exceptions_hours_of_one_date'],
  ['extra-hours', 1, '2026-03-02', '2026-03-02', ...wholeDay, 'schedule_exceptions_extra_hours'],
  ['clinic-holiday', noDoctor, '2026-03-02', '2026-03-03', ...wholeDay, 'schedule_exceptions_holiday'],
])('%s of doctor %s from %s to %s, %s to %s, breaks the rule %s', async (...row) => {
  const [constraint, ...values] = [row.at(-1), ...row.slice(0, -1)];
  await asService.appointments(async (service) => {
    const insert = `INSERT INTO schedule_exceptions
      (kind, doctor_id, first_date, last_date, start_time, end_time, reason, created_by)
      VALUES ($1, $2, $3, $4, $5, $6, 'x', 1)`;
    if (constraint !== null) {
      expect(await failureOf(service, insert, values)).toEqual({ code: CHECK_VIOLATION, constraint });
      return;
    }
    await service.query(insert, values);
    expect(await failureOf(service, insert, values)).toMatchObject({
      constraint: 'schedule_exceptions_once',
    });
  })();
});

test(
  'no two accounts have addresses that differ in case only',
  asService.users(async (service) => {
    const insert = `INSERT INTO users (email, password_hash, first_name, last_name, role)
                    VALUES ($1, 'x', 'A', 'B', 'nurse')`;
    await service.query(insert, ['nurse@hospital.com']);
    expect(await failureOf(service, insert, ['Nurse@Hospital.com'])).toEqual({
      code: UNIQUE_VIOLATION,
      constraint: 'idx_users_email_lower',
    });
  }),
);

const inserts: { service: Service; table: string; insert: string; versioned: boolean }[] = [
  {
    service: 'users',
    table: 'users',
    insert: `(email, password_hash, first_name, last_name, role) VALUES ('a@b.org', 'x', 'A', 'B', 'nurse')`,
    versioned: true,
  },
  {
    service: 'patients',
    table: 'patients',
    insert: `(first_name, last_name, date_of_birth, gender, phone, email, created_by)
             VALUES ('A', 'B', '1980-01-01', 'other', '555', 'a@b.org', 1)`,
    versioned: true,
  },
  {
    service: 'appointments',
    table: 'appointments',
    insert: `(patient_id, doctor_id, date_time, duration, type, status, reason, created_by)
             VALUES (1, 1, '2026-03-02 10:00', 30, 'procedure', 'scheduled', 'x', 1)`,
    versioned: true,
  },
  {
    service: 'appointments',
    table: 'doctor_schedules',
    insert: `(doctor_id, day_of_week, start_time, end_time) VALUES (1, 1, '09:00', '17:00')`,
    versioned: false,
  },
  {
    service: 'appointments',
    table: 'doctor_calendars',
    insert: `(doctor_id, time_zone) VALUES (1, 'Europe/Vienna')`,
    versioned: true,
  },
];

test.each(inserts)('an update of $table sets updated_at, and raises the version by one', async (row) => {
  await asService[row.service](async (service) => {
    await service.query(`INSERT INTO ${row.table} ${row.insert}`);
    const state = `updated_at > created_at AS later${row.versioned ? ', version' : ''}`;
    const before = row.versioned ? { later: false, version: 1 } : { later: false };
    expect(await service.query(`SELECT ${state} FROM ${row.table}`)).toEqual([before]);
    const change = `created_at = created_at - interval '1 hour', updated_at = NULL${row.versioned ? ', version = 99' : ''}`;
    const after = row.versioned ? { later: true, version: 2 } : { later: true };
    expect(await service.query(`UPDATE ${row.table} SET ${change} RETURNING ${state}`)).toEqual([after]);
  })();
});
