import type { Viewer } from '@caregraph/service-kit';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratchDatabase, sharedDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { userViewer } from '../../../test/subgraph-client.js';
import {
  bookAppointment,
  newBooking,
  newId,
  setWeek,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  AddExtraHoursDocument,
  AddTimeOffDocument,
  BookAppointmentDocument,
  CancelAppointmentDocument,
  CompleteAppointmentDocument,
  ConfirmAppointmentDocument,
  MarkNoShowDocument,
  RemoveScheduleExceptionDocument,
  RescheduleAppointmentDocument,
  SetDoctorScheduleDocument,
  StartAppointmentDocument,
  UpdateAppointmentDocument,
  type DoctorScheduleDayInput,
} from './generated/operations.js';

interface Entry {
  readonly action: string;
  readonly record_type: string;
  readonly record_ids: readonly string[];
  readonly patient_ids: readonly number[];
  readonly fields: readonly string[];
}

type UserViewer = Extract<Viewer, { kind: 'user' }>;

const { databaseUrl } = sharedDatabase('appointments');
let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments();
});
afterAll(() => service[Symbol.asyncDispose]());

/** What the triggers have recorded of a user's session, in order. */
async function changesBy({ sessionId }: UserViewer, database = databaseUrl): Promise<Entry[]> {
  return runStatement<Entry>(
    database,
    `SELECT action, record_type, record_ids, patient_ids, fields FROM audit_entries
     WHERE source = 'trigger' AND session_id = $1 ORDER BY id`,
    [sessionId],
  );
}

/** The entry of a change of one appointment. */
function changeOf(id: string, patientId: string, action: string, fields: readonly string[]): Entry {
  return { action, record_type: 'appointments', record_ids: [id], patient_ids: [Number(patientId)], fields };
}

/** The entry of what its history gains by that, which comes first. */
function stepOf(id: string): Entry {
  return {
    action: 'create',
    record_type: 'appointment_transitions',
    record_ids: [id],
    patient_ids: [],
    fields: [],
  };
}

describe('the trail of changes', () => {
  it('says who booked for which patient, in which session and request, and from where', async () => {
    const nurse = userViewer('NURSE');
    const client = { address: '192.0.2.7', userAgent: 'Front desk' };
    const input = newBooking();
    const { data } = await service.ask(nurse, BookAppointmentDocument, { input }, client);
    const id = data.bookAppointment.appointment?.id ?? '';
    expect(await changesBy(nurse)).toEqual([changeOf(id, input.patientId, 'create', [])]);
    const origins = await runStatement(
      databaseUrl,
      `SELECT outcome, actor_kind, actor_user_id, actor_role, actor_name, address, user_agent,
         attestation IS NOT NULL AS is_attested, abs(extract(epoch FROM recorded_at - attested_at)) < 60 AS is_recent,
         request_id = (SELECT min(request_id) FROM audit_entries
           WHERE source = 'service' AND session_id = $1) AS is_request_of_the_answer
       FROM audit_entries WHERE source = 'trigger' AND session_id = $1 AND record_type = 'appointments'`,
      [nurse.sessionId],
    );
    expect(origins).toEqual([
      {
        outcome: 'success',
        actor_kind: 'user',
        actor_user_id: nurse.id,
        actor_role: 'NURSE',
        actor_name: null,
        address: client.address,
        user_agent: client.userAgent,
        is_attested: true,
        is_recent: true,
        is_request_of_the_answer: true,
      },
    ]);
  });

  it('names the columns of each change, and what a client’s key was used for', async () => {
    const doctor = userViewer('DOCTOR');
    const input = newBooking({
      doctorId: String(doctor.id),
      dateTime: new Date().toISOString(),
      idempotencyKey: randomUUID(),
    });
    const { id } = await bookAppointment(service, input, doctor);
    const move = { id, dateTime: new Date(Date.now() + 1_000).toISOString(), duration: 60 };
    await service.ask(doctor, RescheduleAppointmentDocument, { input: move });
    const text = { id, reason: 'Cough', notes: 'Smokes' };
    await service.ask(doctor, UpdateAppointmentDocument, { input: text });
    await service.ask(doctor, UpdateAppointmentDocument, { input: { id, notes: null } });
    await service.ask(doctor, ConfirmAppointmentDocument, { input: { id } });
    await service.ask(doctor, StartAppointmentDocument, { input: { id } });
    await service.ask(doctor, CompleteAppointmentDocument, { input: { id } });
    const change = (...fields: string[]): Entry => changeOf(id, input.patientId, 'update', fields);
    expect(await changesBy(doctor)).toEqual([
      changeOf(id, input.patientId, 'create', []),
      { action: 'create', record_type: 'booking_requests', record_ids: [id], patient_ids: [], fields: [] },
      change('date_time', 'duration'),
      change('reason', 'notes'),
      change('notes'),
      ...[stepOf(id), change('status')],
      ...[stepOf(id), change('status')],
      ...[stepOf(id), change('status')],
    ]);
  });

  it('has what was called off, and who did not come', async () => {
    const staff = userViewer('STAFF');
    const { id, patient } = await bookAppointment(service, { dateTime: new Date().toISOString() });
    await service.ask(staff, CancelAppointmentDocument, { input: { id } });
    await service.ask(staff, MarkNoShowDocument, { input: { id } });
    const change = changeOf(id, patient?.id ?? '', 'update', ['status']);
    expect(await changesBy(staff)).toEqual([stepOf(id), change, stepOf(id), change]);
  });

  it('has working hours as they are set, changed and taken away', async () => {
    const doctor = userViewer('DOCTOR');
    const set = (timeZone: string, ...days: Partial<DoctorScheduleDayInput>[]) =>
      service.ask(doctor, SetDoctorScheduleDocument, {
        input: {
          doctorId: String(doctor.id),
          timeZone,
          days: days.map((day) => ({
            dayOfWeek: 'MONDAY' as const,
            startTime: '08:00',
            endTime: '12:00',
            ...day,
          })),
        },
      });
    await set('UTC', {}, { dayOfWeek: 'FRIDAY' });
    await set('Europe/Vienna', { endTime: '13:00' });
    const kinds = (await changesBy(doctor)).map(({ action, record_type, record_ids, fields }) => [
      action,
      record_type,
      record_ids.length,
      fields,
    ]);
    expect(kinds).toEqual([
      ['create', 'doctor_calendars', 1, []],
      ['create', 'doctor_schedules', 2, []],
      ['update', 'doctor_calendars', 1, ['time_zone']],
      ['delete', 'doctor_schedules', 1, []],
      ['update', 'doctor_schedules', 1, ['end_time']],
    ]);
  });

  it('has exceptions of schedules as they are added and taken away', async () => {
    const doctor = userViewer('DOCTOR');
    const doctorId = String(doctor.id);
    const { data: off } = await service.ask(doctor, AddTimeOffDocument, {
      input: { doctorId, firstDate: '2100-03-01', lastDate: '2100-03-05', reason: 'Conference' },
    });
    const { data: extra } = await service.ask(doctor, AddExtraHoursDocument, {
      input: { doctorId, date: '2100-03-06', startTime: '09:00', endTime: '12:00' },
    });
    const ids = [off, extra].map(({ change }) => change.scheduleException?.id ?? '');
    await service.ask(doctor, RemoveScheduleExceptionDocument, { input: { id: ids[0] ?? '' } });
    const entry = (action: string, id = '') => ({
      ...{ action, record_type: 'schedule_exceptions', record_ids: [id], patient_ids: [], fields: [] },
    });
    expect(await changesBy(doctor)).toEqual([
      entry('create', ids[0]),
      entry('create', ids[1]),
      entry('delete', ids[0]),
    ]);
  });

  it('keeps apart what many do at once over the same connections', async () => {
    const clients = await Promise.all(
      Array.from({ length: 30 }, async () => ({
        viewer: userViewer('NURSE'),
        appointment: await bookAppointment(service),
      })),
    );
    await Promise.all(
      clients.map(({ viewer, appointment: { id } }) =>
        service.ask(viewer, ConfirmAppointmentDocument, { input: { id } }),
      ),
    );
    for (const { viewer, appointment } of clients) {
      const { id, patient } = appointment;
      expect(await changesBy(viewer)).toEqual([
        stepOf(id),
        changeOf(id, patient?.id ?? '', 'update', ['status']),
      ]);
    }
  });

  it('calls what is changed past the service a change by the role of the database', async () => {
    const { id } = await bookAppointment(service);
    await service.database.query("UPDATE appointments SET reason = 'x' WHERE id = $1", [id]);
    const [entry] = await runStatement(
      databaseUrl,
      `SELECT actor_kind, actor_name, actor_user_id, fields, attestation FROM audit_entries
       WHERE source = 'trigger' AND record_type = 'appointments' AND record_ids = ARRAY[$1] AND action = 'update'`,
      [id],
    );
    expect(entry).toEqual({
      actor_kind: 'database',
      actor_name: new URL(databaseUrl).username,
      actor_user_id: null,
      fields: ['reason'],
      attestation: null,
    });
  });
});

describe('the trail has no change', () => {
  it('of a booking that is refused, before or in its transaction', async () => {
    const staff = userViewer('STAFF');
    const doctorId = await setWeek(service, { hours: ['08:00', '12:00'] });
    const taken = await bookAppointment(service, { doctorId });
    const refusals = [
      { doctorId },
      { patientId: taken.patient?.id ?? '' },
      { doctorId, dateTime: '2100-03-01T20:00:00Z', type: 'CONSULTATION' },
      { doctorId, notes: 'Not for the front desk to write' },
    ] as const;
    const codes: string[] = [];
    for (const refusal of refusals) {
      const input = newBooking({ idempotencyKey: randomUUID(), ...refusal });
      const { data } = await service.ask(staff, BookAppointmentDocument, { input });
      codes.push(...data.bookAppointment.userErrors.map(({ code }) => code));
    }
    expect(codes).toEqual(['SLOT_TAKEN', 'PATIENT_CONFLICT', 'OUTSIDE_SCHEDULE', 'FORBIDDEN']);
    expect(await changesBy(staff)).toEqual([]);
  });

  it('that was refused, or that its transaction took back', async () => {
    const nurse = userViewer('NURSE');
    const [doctorId, ...times] = [newId(), '2100-03-01T09:00:00Z', '2100-03-01T10:00:00Z'] as const;
    const booked = await Promise.all(
      times.map((dateTime) => bookAppointment(service, { doctorId, dateTime })),
    );
    const id = booked[0]?.id ?? '';
    const answers = [
      (await service.ask(nurse, RescheduleAppointmentDocument, { input: { id, dateTime: times[1] } })).data
        .rescheduleAppointment,
      (await service.ask(nurse, UpdateAppointmentDocument, { input: { id, version: 7, reason: 'x' } })).data
        .updateAppointment,
      (await service.ask(nurse, CompleteAppointmentDocument, { input: { id } })).data.change,
    ];
    expect(answers.flatMap(({ userErrors }) => userErrors.map(({ code }) => code))).toEqual([
      'SLOT_TAKEN',
      'STALE_VERSION',
      'INVALID_TRANSITION',
    ]);
    expect(await changesBy(nurse)).toEqual([]);
  });

  it('of nineteen of twenty clients that race for one slot', async () => {
    const racers = Array.from({ length: 20 }, () => userViewer('STAFF'));
    const doctorId = newId();
    await Promise.all(
      racers.map((viewer) =>
        service.ask(viewer, BookAppointmentDocument, { input: newBooking({ doctorId }) }),
      ),
    );
    const changes = await Promise.all(racers.map((viewer) => changesBy(viewer)));
    expect(changes.flat().map(({ action, record_type }) => [action, record_type])).toEqual([
      ['create', 'appointments'],
    ]);
  });

  it('of an attempt that PostgreSQL gave up, beside the one that it did not', async () => {
    await using database = await createScratchDatabase('appointments');
    // A sequence does not go back with the transaction, so that the first commit fails and the second does not.
    for (const statement of [
      'CREATE SEQUENCE commits',
      'GRANT USAGE ON commits TO PUBLIC',
      `CREATE FUNCTION give_up_the_first() RETURNS TRIGGER LANGUAGE plpgsql AS $$
       BEGIN
         IF nextval('commits') = 1 THEN RAISE EXCEPTION 'given up' USING ERRCODE = 'serialization_failure'; END IF;
         RETURN NULL;
       END $$`,
      `CREATE CONSTRAINT TRIGGER give_up_the_first AFTER INSERT ON appointments
       DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION give_up_the_first()`,
    ]) {
      await runStatement(database.superuserUrl, statement);
    }
    await using scratch = await startAppointments({ APPOINTMENTS_DATABASE_URL: database.databaseUrl });
    const nurse = userViewer('NURSE');
    const { id, patient } = await bookAppointment(scratch, {}, nurse);
    expect(await runStatement(database.superuserUrl, 'SELECT last_value::integer FROM commits')).toEqual([
      { last_value: 2 },
    ]);
    expect(await changesBy(nurse, database.superuserUrl)).toEqual([
      changeOf(id, patient?.id ?? '', 'create', []),
    ]);
  });
});
