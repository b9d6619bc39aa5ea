import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createScratchDatabase, sharedDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { serviceViewer, userViewer } from '../../../test/subgraph-client.js';
import {
  bookAppointment,
  newBooking,
  newId,
  setWeek,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  BookAppointmentDocument,
  FindSlotsDocument,
  HoldSlotDocument,
  ReleaseHoldDocument,
  RescheduleAppointmentDocument,
  type BookAppointmentInput,
  type HoldSlotInput,
  type SlotHoldFieldsFragment,
} from './generated/operations.js';

const { databaseUrl, migrationUrl } = sharedDatabase('appointments');
const [holder, other] = [userViewer('STAFF'), userViewer('NURSE')];
const morning = '2100-03-01T09:00:00.000Z';
let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments();
});
afterAll(() => service[Symbol.asyncDispose]());

async function hold(overrides: Partial<HoldSlotInput> = {}, viewer = userViewer('STAFF')) {
  const input = {
    doctorId: newId(),
    dateTime: morning,
    duration: 30,
    type: 'EMERGENCY',
    ...overrides,
  } as const;
  const { data, errors } = await service.ask(viewer, HoldSlotDocument, { input });
  expect(errors).toBeUndefined();
  return data.holdSlot;
}

/** Holds, which must succeed; for `holder`, unless somebody else is said. */
async function held(
  overrides: Partial<HoldSlotInput> = {},
  viewer = holder,
): Promise<SlotHoldFieldsFragment> {
  const { slotHold, userErrors } = await hold(overrides, viewer);
  if (slotHold === null) throw new Error(JSON.stringify(userErrors));
  return slotHold;
}

async function book(overrides: Partial<BookAppointmentInput> = {}, viewer = userViewer('STAFF')) {
  const { data, errors } = await service.ask(viewer, BookAppointmentDocument, {
    input: newBooking(overrides),
  });
  expect(errors).toBeUndefined();
  return data.bookAppointment;
}

async function release(id: string, viewer = holder) {
  const { data, errors } = await service.ask(viewer, ReleaseHoldDocument, { input: { id } });
  expect(errors).toBeUndefined();
  return data.releaseHold;
}

/** Lets a hold have expired an hour ago, which only the owner of the database can. */
async function expire(id: string): Promise<void> {
  await runStatement(
    migrationUrl,
    `UPDATE slot_holds SET created_at = created_at - interval '1 hour', expires_at = expires_at - interval '1 hour'
     WHERE id = $1`,
    [id],
  );
}

const slotTaken = [{ code: 'SLOT_TAKEN', field: ['dateTime'] }];
const holdExpired = [{ code: 'HOLD_EXPIRED', field: ['holdId'] }];

describe('a hold', () => {
  it('answers the held time, and lasts ten minutes unless another number is given', async () => {
    const doctorId = newId();
    const before = Date.now();
    const slotHold = await held({ doctorId, duration: 45 });
    expect(slotHold).toEqual({
      id: expect.stringMatching(/^[1-9]\d*$/) as string,
      doctor: { id: doctorId },
      startsAt: morning,
      endsAt: '2100-03-01T09:45:00.000Z',
      type: 'EMERGENCY',
      expiresAt: expect.any(String) as string,
    });
    const minutesOf = ({ expiresAt }: SlotHoldFieldsFragment): number =>
      Math.round((Date.parse(expiresAt) - before) / 60_000);
    expect(minutesOf(slotHold)).toBe(10);
    expect(minutesOf(await held({ minutes: 30 }))).toBe(30);
    expect(minutesOf(await held({ minutes: null }))).toBe(10);
  });

  it('is refused in every field that breaks a rule', async () => {
    expect(await hold({ duration: 10, minutes: 31 })).toMatchObject({
      slotHold: null,
      userErrors: [
        { code: 'INVALID_DURATION', field: ['duration'] },
        { code: 'INVALID_INPUT', field: ['minutes'] },
      ],
    });
    expect((await hold({ minutes: 0 })).userErrors).toMatchObject([{ field: ['minutes'] }]);
  });

  it('is refused for somebody who is no doctor, or not an active one', async () => {
    const [unknown, retired] = [newId(), newId()];
    service.users.entities.set(unknown, null);
    service.users.entities.set(retired, { isActive: false });
    expect((await hold({ doctorId: unknown })).userErrors).toMatchObject([{ code: 'DOCTOR_NOT_FOUND' }]);
    expect((await hold({ doctorId: retired })).userErrors).toMatchObject([{ code: 'DOCTOR_INACTIVE' }]);
  });

  it('must be where a booking could be: within the working hours, and not in the past', async () => {
    const doctorId = await setWeek(service, { hours: ['08:00', '12:00'] });
    const at = async (dateTime: string) =>
      (await hold({ doctorId, dateTime, type: 'CONSULTATION' })).userErrors;
    expect(await at('2100-03-01T12:00:00Z')).toMatchObject([{ code: 'OUTSIDE_SCHEDULE' }]);
    expect(await at('2001-03-01T09:00:00Z')).toMatchObject([{ code: 'IN_THE_PAST', field: ['dateTime'] }]);
    expect(await at(morning)).toEqual([]);
  });

  it('is refused on a time that is booked already', async () => {
    const doctorId = newId();
    await bookAppointment(service, { doctorId });
    expect(await hold({ doctorId, dateTime: '2100-03-01T09:15:00Z' })).toMatchObject({
      slotHold: null,
      userErrors: slotTaken,
    });
  });

  it('asks for nobody but the doctor, in the name of the service', async () => {
    const before = [service.patients.viewers.length, service.users.viewers.length];
    await held();
    expect(service.patients.viewers.slice(before[0])).toEqual([]);
    expect(service.users.viewers.slice(before[1])).toEqual([serviceViewer('appointments')]);
  });

  it('is one of at most twenty of a user, who can hold again when one has ended', async () => {
    const viewer = userViewer('NURSE');
    const holds = await Promise.all(Array.from({ length: 22 }, () => hold({}, viewer)));
    expect(holds.filter(({ slotHold }) => slotHold !== null)).toHaveLength(20);
    expect(holds.flatMap(({ userErrors }) => userErrors)).toMatchObject([
      { code: 'TOO_MANY_HOLDS', field: null },
      { code: 'TOO_MANY_HOLDS', field: null },
    ]);
    const [one, two] = holds.flatMap(({ slotHold }) => (slotHold === null ? [] : [slotHold.id]));
    await release(one ?? '', viewer);
    await expire(two ?? '');
    await held({}, viewer);
    await held({}, viewer);
    expect((await hold({}, viewer)).userErrors).toMatchObject([{ code: 'TOO_MANY_HOLDS' }]);
  });
});

describe('a time that is held', () => {
  it('is taken for everybody else: bookings, moves and holds, whatever part of it', async () => {
    const doctorId = newId();
    await held({ doctorId, duration: 60 });
    const { id } = await bookAppointment(service, { doctorId, dateTime: '2100-03-01T15:00:00Z' });
    for (const dateTime of ['2100-03-01T08:45:00Z', '2100-03-01T09:15:00Z', '2100-03-01T09:59:00Z']) {
      expect(await book({ doctorId, dateTime })).toMatchObject({ appointment: null, userErrors: slotTaken });
      expect(await hold({ doctorId, dateTime })).toMatchObject({ slotHold: null, userErrors: slotTaken });
      const move = { input: { id, dateTime } };
      const { data } = await service.ask(other, RescheduleAppointmentDocument, move);
      expect(data.rescheduleAppointment).toMatchObject({ appointment: null, userErrors: slotTaken });
    }
  });

  it('is taken for the holder, too, where the hold is not named', async () => {
    const { doctor } = await held();
    const doctorId = doctor?.id ?? '';
    expect((await book({ doctorId }, holder)).userErrors).toMatchObject(slotTaken);
    expect((await hold({ doctorId }, holder)).userErrors).toMatchObject(slotTaken);
  });

  it('is free before its beginning, after its end, and of other doctors', async () => {
    const doctorId = newId();
    await held({ doctorId });
    await bookAppointment(service, { doctorId, dateTime: '2100-03-01T08:30:00Z' });
    await held({ doctorId, dateTime: '2100-03-01T09:30:00Z' }, other);
    await bookAppointment(service);
  });

  it('is left out of the free slots, until it is free again', async () => {
    const doctorId = await setWeek(service, { hours: ['09:00', '10:30'], days: ['MONDAY'] });
    const search = { doctorId, from: '2100-03-01T00:00:00Z', to: '2100-03-02T00:00:00Z', duration: 30 };
    const starts = async (): Promise<string[]> => {
      const { data } = await service.ask(holder, FindSlotsDocument, search);
      return data.availableSlots.map(({ startsAt }) => startsAt.slice(11, 16));
    };
    const one = await held({ doctorId, type: 'CONSULTATION' });
    const two = await held({ doctorId, dateTime: '2100-03-01T10:00:00Z' });
    expect(await starts()).toEqual(['09:30']);
    await release(one.id);
    await expire(two.id);
    expect(await starts()).toEqual(['09:00', '09:30', '10:00']);
  });
});

describe('the holder', () => {
  it('books within the held time, whereupon the hold is gone and the rest is free', async () => {
    const { id: holdId, doctor } = await held({ duration: 60 });
    const doctorId = doctor?.id ?? '';
    const booking = { doctorId, holdId, dateTime: '2100-03-01T09:15:00Z' };
    expect((await book(booking, holder)).userErrors).toEqual([]);
    expect((await book({ ...booking, dateTime: morning, duration: 15 }, holder)).userErrors).toMatchObject(
      holdExpired,
    );
    await bookAppointment(service, { doctorId, duration: 15 });
    expect((await release(holdId)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('books another type than the one that was held for', async () => {
    const doctorId = await setWeek(service, { hours: ['08:00', '12:00'] });
    const { id: holdId } = await held({ doctorId, type: 'CONSULTATION' });
    expect((await book({ doctorId, holdId, type: 'PROCEDURE' }, holder)).userErrors).toEqual([]);
  });

  it('keeps the hold when the booking is refused', async () => {
    const { id: holdId, doctor } = await held();
    const taken = await bookAppointment(service);
    const booking = { doctorId: doctor?.id ?? '', holdId };
    expect((await book({ ...booking, patientId: taken.patient?.id ?? '' }, holder)).userErrors).toMatchObject(
      [{ code: 'PATIENT_CONFLICT' }],
    );
    expect((await book(booking)).userErrors).toMatchObject(holdExpired);
    expect((await book(booking, holder)).userErrors).toEqual([]);
  });

  it('cannot book outside the held time, nor another doctor', async () => {
    const { id: holdId, doctor } = await held();
    const refused = [{ code: 'INVALID_INPUT', field: ['holdId'] }];
    for (const elsewhere of [{ dateTime: '2100-03-01T09:15:00Z' }, { duration: 45 }, { doctorId: newId() }]) {
      const booking = { doctorId: doctor?.id ?? '', holdId, ...elsewhere };
      expect((await book(booking, holder)).userErrors).toMatchObject(refused);
    }
  });

  it('cannot book what somebody wrote there past the service', async () => {
    const { id: holdId, doctor } = await held();
    await service.database.query(
      `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, created_by)
       VALUES ($1, $2, '2100-03-01 09:00', 30, 'consultation', 'scheduled', 'x', 1)`,
      [newId(), doctor?.id],
    );
    expect((await book({ doctorId: doctor?.id ?? '', holdId }, holder)).userErrors).toMatchObject(slotTaken);
  });

  it('gets the same appointment for a repeated booking, though the hold is gone', async () => {
    const { id: holdId, doctor } = await held();
    const input = newBooking({ doctorId: doctor?.id ?? '', holdId, idempotencyKey: randomUUID() });
    const first = await book(input, holder);
    expect(first.userErrors).toEqual([]);
    expect(await book(input, holder)).toEqual(first);
    expect((await book({ ...input, holdId: null }, holder)).userErrors).toMatchObject([
      { code: 'IDEMPOTENCY_KEY_REUSED' },
    ]);
  });

  it('does so also when both come at once', async () => {
    const { id: holdId, doctor } = await held();
    const input = newBooking({ doctorId: doctor?.id ?? '', holdId, idempotencyKey: randomUUID() });
    const answers = await Promise.all(Array.from({ length: 5 }, () => book(input, holder)));
    expect(answers[0]?.userErrors).toEqual([]);
    for (const answer of answers) expect(answer).toEqual(answers[0]);
  });
});

describe('somebody else', () => {
  it('can neither book with the hold nor release it, as if there were none', async () => {
    const { id: holdId, doctor } = await held();
    const doctorId = doctor?.id ?? '';
    const foreign = await book({ doctorId, holdId }, other);
    const unknown = await book({ doctorId, holdId: '2000000000' }, other);
    expect(foreign.userErrors).toMatchObject(holdExpired);
    expect(unknown).toEqual(foreign);
    expect((await release(holdId, other)).userErrors).toEqual(
      (await release('2000000000', other)).userErrors,
    );
    expect((await release(holdId)).slotHold?.id).toBe(holdId);
  });

  it.each(['abc', '0', '-1', '99999999999999'])('has no hold with the id %s', async (id) => {
    expect((await book({ holdId: id })).userErrors).toMatchObject(holdExpired);
    expect(await release(id)).toMatchObject({
      slotHold: null,
      userErrors: [{ code: 'NOT_FOUND', field: ['id'] }],
    });
  });
});

describe('a hold that is released', () => {
  it('answers what it was, once, and frees its time', async () => {
    const slotHold = await held();
    expect(await release(slotHold.id)).toEqual({ slotHold, userErrors: [] });
    expect((await release(slotHold.id)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
    await bookAppointment(service, { doctorId: slotHold.doctor?.id ?? '' });
  });
});

describe('a hold that has expired', () => {
  it('frees its time for bookings, moves and holds', async () => {
    const doctorId = newId();
    const times = ['2100-03-01T09:00:00Z', '2100-03-01T10:00:00Z', '2100-03-01T11:00:00Z'] as const;
    for (const dateTime of times) await expire((await held({ doctorId, dateTime })).id);
    const { id } = await bookAppointment(service, { doctorId, dateTime: times[0] });
    const move = { input: { id, dateTime: times[1] } };
    const { data } = await service.ask(other, RescheduleAppointmentDocument, move);
    expect(data.rescheduleAppointment.userErrors).toEqual([]);
    await held({ doctorId, dateTime: times[2] }, other);
  });

  it('can be neither booked with nor released', async () => {
    const { id: holdId, doctor } = await held();
    await expire(holdId);
    expect((await book({ doctorId: doctor?.id ?? '', holdId }, holder)).userErrors).toMatchObject(
      holdExpired,
    );
    expect((await release(holdId)).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('is removed in the end, by the service in its own name', async () => {
    await using scratch = await createScratchDatabase('appointments');
    await runStatement(
      scratch.databaseUrl,
      `INSERT INTO slot_holds (doctor_id, date_time, duration, type, created_by, created_at, expires_at)
       SELECT number, timestamp '2100-03-01 09:00', 30, 'consultation', 1, made, made + interval '10 minutes'
       FROM generate_series(1, 250) AS number,
         (VALUES (clock_timestamp() AT TIME ZONE 'UTC' - interval '1 hour')) AS times (made)
       UNION ALL
       SELECT 1, timestamp '2100-03-01 10:00', 30, 'consultation', 1, now, now + interval '10 minutes'
       FROM (VALUES (clock_timestamp() AT TIME ZONE 'UTC')) AS times (now)`,
    );
    await using cleaning = await startAppointments({ APPOINTMENTS_DATABASE_URL: scratch.databaseUrl });
    // Until then, it is in nobody's way.
    await bookAppointment(cleaning, { doctorId: '1' });
    const left = () => runStatement(scratch.databaseUrl, 'SELECT id FROM slot_holds');
    await expect.poll(left, { timeout: 30_000 }).toHaveLength(1);
    expect(
      await runStatement(
        scratch.databaseUrl,
        `SELECT sum(record_count)::integer AS records, min(actor_kind) AS kind, min(actor_name) AS name
         FROM audit_entries WHERE record_type = 'slot_holds' AND action = 'delete'`,
      ),
    ).toEqual([{ records: 250, kind: 'service', name: 'appointments' }]);
  });
});

describe('the trail', () => {
  it('has holds as they are made, booked and released, about no patient', async () => {
    const viewer = userViewer('DOCTOR');
    const [booked, released] = [await held({}, viewer), await held({}, viewer)];
    const input = newBooking({ doctorId: booked.doctor?.id ?? '', holdId: booked.id });
    const { appointment } = await book(input, viewer);
    await release(released.id, viewer);
    const entries = await runStatement(
      databaseUrl,
      `SELECT action, record_type, record_ids, patient_ids FROM audit_entries
       WHERE source = 'trigger' AND session_id = $1 ORDER BY id`,
      [viewer.sessionId],
    );
    const entry = (action: string, { id }: { readonly id: string }) => ({
      ...{ action, record_type: 'slot_holds', record_ids: [id], patient_ids: [] },
    });
    expect(entries).toEqual([
      entry('create', booked),
      entry('create', released),
      {
        ...{ action: 'create', record_type: 'appointments' },
        ...{ record_ids: [appointment?.id], patient_ids: [Number(input.patientId)] },
      },
      entry('delete', booked),
      entry('delete', released),
    ]);
  });

  it('has no change of a hold that is refused', async () => {
    const viewer = userViewer('DOCTOR');
    const { doctor } = await bookAppointment(service);
    await hold({ doctorId: doctor?.id ?? '' }, viewer);
    expect(
      await runStatement(
        databaseUrl,
        `SELECT FROM audit_entries WHERE source = 'trigger' AND session_id = $1`,
        [viewer.sessionId],
      ),
    ).toEqual([]);
  });
});
