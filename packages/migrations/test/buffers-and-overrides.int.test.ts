import { describe, expect, test } from 'vitest';
import { failureOf, type Connection } from './connect.js';
import { databaseOfThisFile } from './migrated-database.js';

const inDatabase = databaseOfThisFile('appointments');

const doctorTaken = { code: '23P01', constraint: 'appointments_doctor_no_overlap' };
const patientTaken = { code: '23P01', constraint: 'appointments_patient_no_overlap' };

interface Booking {
  patient?: number;
  doctor?: number;
  time?: string;
  before?: number;
  after?: number;
  status?: string;
  active?: boolean | null;
  /** Which columns `overrides_*` are true. */
  overrides?: readonly ('schedule' | 'doctor_overlap' | 'patient_overlap')[];
  reason?: string | null;
}

/** The statement that books half an hour, with its values. */
function booking(what: Booking): [sql: string, values: unknown[]] {
  const { patient = 1, doctor = 1, time = '2026-03-02 10:00', before = 0, after = 0, overrides = [] } = what;
  const { status = 'scheduled', active = true, reason = overrides.length > 0 ? 'Asked for' : null } = what;
  return [
    `INSERT INTO appointments
       (patient_id, doctor_id, date_time, duration, type, status, reason, is_active, created_by, buffer_before,
        buffer_after, overrides_schedule, overrides_doctor_overlap, overrides_patient_overlap, override_reason)
     VALUES ($1, $2, $3, 30, 'consultation', $4, 'x', $5, 1, $6, $7, 'schedule' = ANY($8::text[]),
       'doctor_overlap' = ANY($8), 'patient_overlap' = ANY($8), $9)
     RETURNING id`,
    [patient, doctor, time, status, active, before, after, overrides, reason],
  ];
}

async function book(connection: Connection, what: Booking): Promise<number> {
  const [row] = await connection.query<{ id: number }>(...booking(what));
  return row?.id ?? 0;
}

function refusalOf(connection: Connection, what: Booking): ReturnType<typeof failureOf> {
  return failureOf(connection, ...booking(what));
}

const change = (id: number, columns: string): string => `UPDATE appointments SET ${columns} WHERE id = ${id}`;

describe('buffers', () => {
  test(
    'keep the doctor free before and after, and add up',
    inDatabase(async (service) => {
      await book(service, { before: 10, after: 20 });
      for (const time of ['2026-03-02 09:21', '2026-03-02 10:49']) {
        expect(await refusalOf(service, { patient: 2, time })).toEqual(doctorTaken);
      }
      expect(await refusalOf(service, { patient: 2, time: '2026-03-02 11:04', before: 15 })).toEqual(
        doctorTaken,
      );
      await book(service, { patient: 2, time: '2026-03-02 11:05', before: 15 });
      await book(service, { patient: 2, time: '2026-03-02 09:20' });
    }),
  );

  test(
    'are none of the patient',
    inDatabase(async (service) => {
      await book(service, { before: 60, after: 60 });
      await book(service, { doctor: 2, time: '2026-03-02 10:30', before: 60 });
      expect(await refusalOf(service, { doctor: 3, time: '2026-03-02 10:29' })).toEqual(patientTaken);
    }),
  );

  test(
    'that grow are held against what is booked already',
    inDatabase(async (service) => {
      const id = await book(service, {});
      await book(service, { patient: 2, time: '2026-03-02 10:40' });
      expect(await failureOf(service, change(id, 'buffer_after = 11'))).toEqual(doctorTaken);
      await service.query(change(id, 'buffer_after = 10'));
    }),
  );

  test.each([
    ['before', 'appointments_buffer_before_check'],
    ['after', 'appointments_buffer_after_check'],
  ])('%s last from nothing to four hours', async (side, constraint) => {
    await inDatabase(async (service) => {
      for (const minutes of [-1, 241]) {
        expect(await refusalOf(service, { [side]: minutes })).toEqual({ code: '23514', constraint });
      }
      await book(service, { [side]: 240 });
    })();
  });
});

describe('an override', () => {
  test.each([
    ['doctor_overlap', { patient: 2 }, doctorTaken],
    ['patient_overlap', { doctor: 2 }, patientTaken],
  ] as const)('of %s books over that, and blocks whoever comes later', async (override, other, refusal) => {
    await inDatabase(async (service) => {
      await book(service, { status: 'confirmed' });
      expect(await refusalOf(service, other)).toEqual(refusal);
      await book(service, { ...other, time: '2026-03-02 10:20', overrides: [override] });
      await book(service, { ...other, time: '2026-03-02 10:20', overrides: [override], active: false });
      const third = override === 'doctor_overlap' ? { patient: 3 } : { doctor: 3 };
      // Clear of the first, and not of the second.
      for (const active of [true, null]) {
        expect(await refusalOf(service, { ...third, time: '2026-03-02 10:40', active })).toEqual(refusal);
      }
      await book(service, { ...third, time: '2026-03-02 10:50' });
    })();
  });

  test(
    'waives nothing else',
    inDatabase(async (service) => {
      await book(service, {});
      const both = { overrides: ['doctor_overlap'] } as const;
      expect(await refusalOf(service, both)).toEqual(patientTaken);
      expect(await refusalOf(service, { overrides: ['patient_overlap'] })).toEqual(doctorTaken);
      expect(await refusalOf(service, { overrides: ['schedule'] })).toMatchObject({ code: '23P01' });
      await book(service, { overrides: ['doctor_overlap', 'patient_overlap'] });
    }),
  );

  test(
    'whose row is inactive by false only blocks: NULL means active',
    inDatabase(async (service) => {
      await book(service, { active: null, overrides: ['doctor_overlap'] });
      expect(await refusalOf(service, { patient: 2 })).toEqual(doctorTaken);
    }),
  );

  test(
    'blocks with its buffers, and is blocked with theirs',
    inDatabase(async (service) => {
      await book(service, { after: 15, overrides: ['doctor_overlap'] });
      expect(await refusalOf(service, { patient: 2, time: '2026-03-02 10:44' })).toEqual(doctorTaken);
      expect(await refusalOf(service, { patient: 2, time: '2026-03-02 10:54', before: 10 })).toEqual(
        doctorTaken,
      );
      await book(service, { patient: 2, time: '2026-03-02 10:55', before: 10 });
    }),
  );

  test(
    'lets what was there before it be confirmed, changed and ended',
    inDatabase(async (service) => {
      const id = await book(service, {});
      await book(service, { overrides: ['doctor_overlap', 'patient_overlap'] });
      for (const status of ['confirmed', 'in-progress', 'completed']) {
        await service.query(change(id, `status = '${status}', reason = 'y'`));
      }
      // To take its time again is another matter.
      expect(await failureOf(service, change(id, `status = 'scheduled'`))).toEqual(doctorTaken);
    }),
  );

  test(
    'is in the way of whoever moves, changes doctor, patient or buffers, or begins to take time',
    inDatabase(async (service) => {
      await book(service, { overrides: ['doctor_overlap', 'patient_overlap'] });
      const id = await book(service, { patient: 2, doctor: 2, time: '2026-03-02 10:30' });
      await service.query(change(id, 'doctor_id = 1'));
      expect(await failureOf(service, change(id, `date_time = '2026-03-02 10:29'`))).toEqual(doctorTaken);
      expect(await failureOf(service, change(id, 'buffer_before = 1'))).toEqual(doctorTaken);
      await service.query(change(id, `doctor_id = 2, date_time = '2026-03-02 10:00'`));
      expect(await failureOf(service, change(id, 'doctor_id = 1'))).toEqual(doctorTaken);
      expect(await failureOf(service, change(id, 'patient_id = 1'))).toEqual(patientTaken);
      await service.query(change(id, `is_active = false`));
      await service.query(change(id, 'doctor_id = 1'));
      expect(await failureOf(service, change(id, 'is_active = NULL'))).toEqual(doctorTaken);
    }),
  );

  test(
    'that is given up holds the row against all others, overriding ones too',
    inDatabase(async (service) => {
      const id = await book(service, { overrides: ['doctor_overlap'] });
      await book(service, { patient: 2, overrides: ['doctor_overlap'] });
      const given = 'overrides_doctor_overlap = false, override_reason = NULL';
      expect(await failureOf(service, change(id, given))).toEqual(doctorTaken);
      await service.query(change(id, `${given}, date_time = '2026-03-02 11:00'`));
    }),
  );

  test(
    'is found by rows of one statement, and holds no row against itself',
    inDatabase(async (service) => {
      const id = await book(service, { overrides: ['doctor_overlap'] });
      await service.query(
        change(
          id,
          `overrides_doctor_overlap = false, overrides_schedule = true, date_time = date_time + '1 minute'`,
        ),
      );
      const both = `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason,
          created_by, overrides_doctor_overlap, override_reason)
        VALUES (3, 3, '2026-03-02 10:00', 30, 'procedure', 'scheduled', 'x', 1, true, 'y'),
          (4, 3, '2026-03-02 10:00', 30, 'procedure', 'scheduled', 'x', 1, false, NULL)`;
      expect(await failureOf(service, both)).toEqual(doctorTaken);
    }),
  );

  test(
    'has a reason, and a reason has an override',
    inDatabase(async (service) => {
      const refusal = { code: '23514', constraint: 'appointments_override_has_reason' };
      expect(await refusalOf(service, { reason: 'Asked for' })).toEqual(refusal);
      for (const override of ['schedule', 'doctor_overlap', 'patient_overlap'] as const) {
        expect(await refusalOf(service, { overrides: [override], reason: null })).toEqual(refusal);
      }
    }),
  );

  test.each(['infinity', '-infinity'])('is at no time such as %s either', async (time) => {
    await inDatabase(async (service) => {
      expect(await refusalOf(service, { time, overrides: ['doctor_overlap'], before: 10 })).toEqual({
        code: '23514',
        constraint: 'appointments_date_time_finite',
      });
    })();
  });
});

test.each([
  ['consultation', 240, 240, 43_200, null],
  ['house-call', 0, 0, 0, 'appointment_type_rules_type_check'],
  ['procedure', -1, 0, 0, 'appointment_type_rules_buffer_before_check'],
  ['procedure', 0, 241, 0, 'appointment_type_rules_buffer_after_check'],
  ['procedure', 0, 0, 43_201, 'appointment_type_rules_minimum_notice_check'],
])('a rule for %s of %i, %i and %i minutes breaks %s', async (type, before, after, notice, constraint) => {
  await inDatabase(async (service) => {
    const insert = `INSERT INTO appointment_type_rules (type, buffer_before, buffer_after, minimum_notice)
                    VALUES ($1, $2, $3, $4)`;
    const values = [type, before, after, notice];
    if (constraint === null) await service.query(insert, values);
    else expect(await failureOf(service, insert, values)).toEqual({ code: '23514', constraint });
  })();
});
