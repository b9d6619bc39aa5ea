import { roles, type Role } from '@caregraph/service-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { runStatement } from '../../../test/held-lock.js';
import { userViewer } from '../../../test/subgraph-client.js';
import { insertAppointment } from './appointment-rows.js';
import {
  bookAppointment,
  newId,
  setWeek,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  CancelAppointmentDocument,
  CompleteAppointmentDocument,
  ConfirmAndCancelDocument,
  ConfirmAppointmentDocument,
  GetAppointmentDocument,
  GetHistoryDocument,
  GetNotesDocument,
  MarkNoShowDocument,
  RescheduleAppointmentDocument,
  StartAppointmentDocument,
  UpdateAppointmentDocument,
  type UpdateAppointmentInput,
  type UpdateAppointmentMutation,
} from './generated/operations.js';

const nurse = userViewer('NURSE');
let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments();
});
afterAll(() => service[Symbol.asyncDispose]());

const steps = {
  CONFIRMED: ConfirmAppointmentDocument,
  IN_PROGRESS: StartAppointmentDocument,
  COMPLETED: CompleteAppointmentDocument,
  CANCELLED: CancelAppointmentDocument,
  NO_SHOW: MarkNoShowDocument,
};
type Step = keyof typeof steps;

/** What came of a step: the new status, or the code of the refusal. */
async function take(step: Step, id: string, viewer = nurse): Promise<string | undefined> {
  const { data } = await service.ask(viewer, steps[step], { input: { id } });
  return data.change.appointment?.status ?? data.change.userErrors.map(({ code }) => code).join();
}

/** The statuses of the column, and where each leads: who may go there, and from when on. */
const everyone: readonly Role[] = ['ADMIN', 'DOCTOR', 'NURSE', 'STAFF'];
const treating: readonly Role[] = ['ADMIN', 'DOCTOR', 'NURSE'];
type Next = Partial<Record<Step, { may: readonly Role[]; when?: 'its day' | 'its time' }>>;
const flow: Record<string, Next> = {
  scheduled: {
    CONFIRMED: { may: everyone },
    CANCELLED: { may: everyone },
    NO_SHOW: { may: everyone, when: 'its time' },
  },
  confirmed: {
    IN_PROGRESS: { may: treating, when: 'its day' },
    CANCELLED: { may: everyone },
    NO_SHOW: { may: everyone, when: 'its time' },
  },
  'in-progress': { COMPLETED: { may: treating }, CANCELLED: { may: everyone } },
  completed: {},
  cancelled: { NO_SHOW: { may: ['ADMIN', 'STAFF'], when: 'its time' } },
  'no-show': {},
};

/** Appointments that begin in two days, in a minute, and a minute ago. */
const times = { 'on another day': 2_880, 'in a minute': 1, 'a minute ago': -1 };
type Time = keyof typeof times;

/** What must become of a step. */
function expected(status: string, step: Step, role: Role, time: Time): string {
  const next = flow[status]?.[step];
  const isTreatment = step === 'IN_PROGRESS' || step === 'COMPLETED';
  if (role === 'STAFF' && isTreatment) return 'FORBIDDEN';
  if (next === undefined) return 'INVALID_TRANSITION';
  if (!next.may.includes(role)) return 'FORBIDDEN';
  if (next.when === 'its day' && time === 'on another day') return 'TOO_EARLY';
  return next.when === 'its time' && time !== 'a minute ago' ? 'TOO_EARLY' : step;
}

describe.each(roles)('what a user who is %s makes', (role) => {
  it.each(Object.keys(flow))('of an appointment that is %s is what the flow has', async (status) => {
    const viewer = userViewer(role);
    // A minute from now is the same day somewhere on earth: where it is about noon.
    const doctorId = await setWeek(service, { timeZone: zoneOfNoon(), hours: ['08:00', '12:00'] });
    const own = String(viewer.id);
    await service.database.query(
      `INSERT INTO doctor_calendars (doctor_id, time_zone) VALUES ($1, $2) ON CONFLICT DO NOTHING`,
      [own, zoneOfNoon()],
    );
    for (const step of Object.keys(steps) as Step[]) {
      for (const time of Object.keys(times) as Time[]) {
        const inMinutes = times[time];
        const row = { doctorId: role === 'DOCTOR' ? own : doctorId, status, inMinutes };
        const id = await insertAppointment(service.database, row);
        const outcome = await take(step, id, viewer);
        expect(outcome, `${step} ${time}`).toBe(expected(status, step, role, time));
        const { data } = await service.ask(nurse, GetHistoryDocument, { id });
        const hasChanged = outcome === step;
        expect(data.appointment?.history?.map(({ to }) => to)).toHaveLength(hasChanged ? 2 : 1);
        expect(data.appointment?.version).toBe(hasChanged ? 2 : 1);
        if (hasChanged) {
          expect(data.appointment).toMatchObject({
            status: step,
            history: [
              { from: null, by: { id: '1' } },
              { to: step, by: { id: own }, reason: null },
            ],
          });
        }
        // Its time is for the next one.
        await service.database.query('UPDATE appointments SET is_active = false WHERE id = $1', [id]);
      }
    }
  });
});

/** A time zone in which it is between noon and one o'clock. */
function zoneOfNoon(): string {
  const behind = new Date().getUTCHours() - 12;
  return behind === 0 ? 'Etc/UTC' : `Etc/GMT${behind > 0 ? '+' : ''}${behind}`;
}

describe('the day of an appointment', () => {
  it('is that of the doctor, or of the clinic', async () => {
    // Where it is noon, it is the same day in ten hours, and the next one in fourteen.
    const doctorId = await setWeek(service, { timeZone: zoneOfNoon(), hours: ['08:00', '12:00'] });
    const confirmed = { doctorId, status: 'confirmed' };
    const today = await insertAppointment(service.database, { ...confirmed, inMinutes: 600 });
    const tomorrow = await insertAppointment(service.database, { ...confirmed, inMinutes: 840 });
    expect(await take('IN_PROGRESS', tomorrow)).toBe('TOO_EARLY');
    expect(await take('IN_PROGRESS', today)).toBe('IN_PROGRESS');
    await using elsewhere = await startAppointments({ CLINIC_TIME_ZONE: zoneOfNoon() });
    const withoutWeek = await Promise.all(
      [600, 840].map(async (inMinutes) => {
        const row = { status: 'confirmed', inMinutes };
        const id = await insertAppointment(service.database, row);
        const { data } = await elsewhere.ask(nurse, StartAppointmentDocument, { input: { id } });
        return data.change.userErrors.map(({ code, field }) => [code, field]);
      }),
    );
    expect(withoutWeek).toEqual([[], [['TOO_EARLY', ['id']]]]);
  });

  it('may be over before a treatment is begun, and that before it is completed', async () => {
    const id = await insertAppointment(service.database, { status: 'confirmed', inMinutes: -100_000 });
    expect(await take('IN_PROGRESS', id)).toBe('IN_PROGRESS');
    const begun = `UPDATE appointment_transitions
      SET changed_at = changed_at + $2 * interval '1 minute' WHERE appointment_id = $1 AND to_status = 'in-progress'`;
    const { migrationUrl } = sharedDatabase('appointments');
    await runStatement(migrationUrl, begun, [id, 5]);
    expect(await take('COMPLETED', id)).toBe('TOO_EARLY');
    await runStatement(migrationUrl, begun, [id, -5]);
    expect(await take('COMPLETED', id)).toBe('COMPLETED');
  });
});

describe('the history of an appointment', () => {
  const historyOf = async (id: string) =>
    (await service.ask(nurse, GetHistoryDocument, { id })).data.appointment?.history;

  it('says what happened, when, at whose word and why, and goes on when it is moved', async () => {
    const [clerk, doctor] = [userViewer('STAFF'), userViewer('DOCTOR')];
    const dateTime = new Date().toISOString();
    const { id } = await bookAppointment(service, { doctorId: String(doctor.id), dateTime }, clerk);
    const confirm = { id, version: 1, reason: ' By telephone,\nat noon ' };
    await service.ask(clerk, ConfirmAppointmentDocument, { input: confirm });
    const move = { id, dateTime: new Date(Date.now() + 1_000).toISOString() };
    const moved = await service.ask(clerk, RescheduleAppointmentDocument, { input: move });
    expect(moved.data.rescheduleAppointment.appointment?.id).toBe(id);
    await service.ask(doctor, StartAppointmentDocument, { input: { id, reason: null } });
    await service.ask(nurse, CompleteAppointmentDocument, { input: { id, reason: 'Done' } });
    const history = await historyOf(id);
    expect(history).toEqual([
      step(null, 'SCHEDULED', clerk, null),
      step('SCHEDULED', 'CONFIRMED', clerk, confirm.reason),
      step('CONFIRMED', 'IN_PROGRESS', doctor, null),
      step('IN_PROGRESS', 'COMPLETED', nurse, 'Done'),
    ]);
    const instants = history?.map(({ at }) => at) ?? [];
    expect([...instants].sort()).toEqual(instants);
    expect(Math.abs(Date.now() - Date.parse(instants[0] ?? ''))).toBeLessThan(60_000);
  });

  it('has what is changed past the service, by nobody known', async () => {
    const { id } = await bookAppointment(service, {}, nurse);
    await service.database.query(`UPDATE appointments SET status = 'confirmed', reason = 'y' WHERE id = $1`, [
      id,
    ]);
    await service.database.query(`UPDATE appointments SET reason = 'z' WHERE id = $1`, [id]);
    expect(await historyOf(id)).toEqual([
      step(null, 'SCHEDULED', nurse, null),
      { ...step('SCHEDULED', 'CONFIRMED', nurse, null), by: null },
    ]);
  });

  it('has no refused step, and no reason of another one', async () => {
    const { id } = await bookAppointment(service, {}, nurse);
    const refusals = await Promise.all([
      service.ask(nurse, MarkNoShowDocument, { input: { id, reason: 'Too early' } }),
      service.ask(nurse, CompleteAppointmentDocument, { input: { id, reason: 'Not begun' } }),
      service.ask(nurse, ConfirmAppointmentDocument, { input: { id, version: 9, reason: 'Stale' } }),
      service.ask(nurse, CancelAppointmentDocument, { input: { id, reason: '' } }),
      service.ask(nurse, CancelAppointmentDocument, { input: { id, reason: 'x'.repeat(1_001) } }),
      service.ask(nurse, CancelAppointmentDocument, { input: { id, reason: 'a\0b' } }),
    ]);
    expect(
      refusals.map(({ data }) => data.change.userErrors.map(({ code, field }) => [code, field])),
    ).toEqual([
      [['TOO_EARLY', ['id']]],
      [['INVALID_TRANSITION', ['id']]],
      [['STALE_VERSION', ['version']]],
      [['INVALID_INPUT', ['reason']]],
      [['INVALID_INPUT', ['reason']]],
      [['INVALID_INPUT', ['reason']]],
    ]);
    await service.ask(nurse, CancelAppointmentDocument, { input: { id } });
    expect(await historyOf(id)).toEqual([
      step(null, 'SCHEDULED', nurse, null),
      step('SCHEDULED', 'CANCELLED', nurse, null),
    ]);
  });

  it('is in the answer of the step, as it is then', async () => {
    const { id } = await bookAppointment(service);
    const { data } = await service.ask(nurse, ConfirmAndCancelDocument, { id });
    const tos = ['SCHEDULED', 'CONFIRMED', 'CANCELLED'].map((to) => ({ to }));
    expect(data).toEqual({
      confirmAppointment: { appointment: { history: tos.slice(0, 2) } },
      cancelAppointment: { appointment: { history: tos } },
    });
  });
});

/** A step of a history; when it was taken is looked at elsewhere. */
function step(from: string | null, to: string, by: { readonly id: number }, reason: string | null) {
  return { from, to, at: expect.any(String) as string, by: { id: String(by.id) }, reason };
}

describe('an appointment', () => {
  it('does not change when its record is not in use', async () => {
    const { id } = await bookAppointment(service);
    await service.database.query('UPDATE appointments SET is_active = false WHERE id = $1', [id]);
    expect(await take('CONFIRMED', id)).toBe('INVALID_TRANSITION');
  });

  it.each(['abc', '-1', '99999999999999', '2147483647'])('is not found under the id %s', async (id) => {
    expect(await take('CONFIRMED', id)).toBe('NOT_FOUND');
    expect((await service.ask(nurse, GetAppointmentDocument, { id })).data.appointment).toBeNull();
  });

  it('refuses a step that is based on a stale version', async () => {
    const { id } = await bookAppointment(service);
    const confirm = (version: number) =>
      service.ask(nurse, ConfirmAppointmentDocument, { input: { id, version } });
    expect((await confirm(2)).data.change).toMatchObject({
      appointment: null,
      userErrors: [{ code: 'STALE_VERSION', field: ['version'] }],
    });
    expect((await confirm(1)).data.change.appointment).toMatchObject({ status: 'CONFIRMED', version: 2 });
  });
});

describe('a treatment', () => {
  it('is begun and completed by the own doctor, not by another one', async () => {
    const [own, another] = [userViewer('DOCTOR'), userViewer('DOCTOR')];
    const dateTime = new Date().toISOString();
    const { id } = await bookAppointment(service, { doctorId: String(own.id), dateTime });
    await take('CONFIRMED', id, another);
    expect(await take('IN_PROGRESS', id, another)).toBe('FORBIDDEN');
    expect(await take('IN_PROGRESS', id, own)).toBe('IN_PROGRESS');
    expect(await take('COMPLETED', id, another)).toBe('FORBIDDEN');
    expect(await take('COMPLETED', id, own)).toBe('COMPLETED');
  });

  it('is not for the front desk', async () => {
    const { id } = await bookAppointment(service);
    await take('CONFIRMED', id);
    expect(await take('IN_PROGRESS', id, userViewer('STAFF'))).toBe('FORBIDDEN');
  });
});

describe('an update', () => {
  async function update(
    input: UpdateAppointmentInput,
    viewer = nurse,
  ): Promise<UpdateAppointmentMutation['updateAppointment']> {
    const { data, errors } = await service.ask(viewer, UpdateAppointmentDocument, { input });
    expect(errors).toBeUndefined();
    return data.updateAppointment;
  }
  const notesOf = async (id: string): Promise<string | null | undefined> =>
    (await service.ask(nurse, GetNotesDocument, { id })).data.appointment?.notes;

  it('changes what is given, leaves alone what is absent, and clears notes with null', async () => {
    const { id } = await bookAppointment(service, { notes: 'Bring X-rays' });
    expect((await update({ id, reason: 'Headache' })).appointment).toMatchObject({
      reason: 'Headache',
      type: 'EMERGENCY',
      version: 2,
    });
    expect(await notesOf(id)).toBe('Bring X-rays');
    expect((await update({ id, notes: null })).appointment).toMatchObject({ reason: 'Headache', version: 3 });
    expect(await notesOf(id)).toBeNull();
  });

  it('refuses null for what must be there', async () => {
    const { id } = await bookAppointment(service);
    expect((await update({ id, reason: null, type: null })).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', field: ['type'] },
      { code: 'INVALID_INPUT', field: ['reason'] },
    ]);
  });

  it('answers the appointment when nothing is given to change', async () => {
    const { id } = await bookAppointment(service);
    expect(await update({ id })).toMatchObject({ appointment: { id }, userErrors: [] });
  });

  it('refuses a stale version and an appointment that is not there', async () => {
    const { id } = await bookAppointment(service);
    expect((await update({ id, version: 7, reason: 'x' })).userErrors).toMatchObject([
      { code: 'STALE_VERSION' },
    ]);
    expect((await update({ id: 'abc', reason: 'x' })).userErrors).toMatchObject([{ code: 'NOT_FOUND' }]);
  });

  it('lets doctors write notes of their own appointments only', async () => {
    const [own, another] = [userViewer('DOCTOR'), userViewer('DOCTOR')];
    const { id } = await bookAppointment(service, { doctorId: String(own.id) });
    expect((await update({ id, notes: 'Stable' }, another)).userErrors).toMatchObject([
      { code: 'FORBIDDEN' },
    ]);
    expect((await update({ id, notes: 'Stable' }, own)).userErrors).toEqual([]);
    expect(await notesOf(id)).toBe('Stable');
  });

  it('lets an emergency become something else where that could have been booked', async () => {
    const doctorId = await setWeek(service, { hours: ['08:00', '12:00'] });
    const inside = await bookAppointment(service, { doctorId, dateTime: '2100-03-01T09:00:00Z' });
    const outside = await bookAppointment(service, { doctorId, dateTime: '2100-03-01T13:00:00Z' });
    expect((await update({ id: inside.id, type: 'FOLLOW_UP' })).appointment?.type).toBe('FOLLOW_UP');
    expect((await update({ id: outside.id, type: 'FOLLOW_UP' })).userErrors).toMatchObject([
      { code: 'OUTSIDE_SCHEDULE', field: ['type'] },
    ]);
  });
});

describe('notes', () => {
  it('are hidden from those who do not treat, without hiding the rest', async () => {
    const { id } = await bookAppointment(service, { notes: 'Confidential', doctorId: newId() });
    const { data, errors } = await service.ask(userViewer('STAFF'), GetNotesDocument, { id });
    expect(data.appointment).toEqual({ id, notes: null });
    expect(errors).toMatchObject([{ path: ['appointment', 'notes'], extensions: { code: 'FORBIDDEN' } }]);
  });
});
