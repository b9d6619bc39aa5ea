import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userViewer } from '../../../test/subgraph-client.js';
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
  ConfirmAppointmentDocument,
  GetAppointmentDocument,
  GetNotesDocument,
  MarkNoShowDocument,
  StartAppointmentDocument,
  UpdateAppointmentDocument,
  type AppointmentStatus,
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

/** How an appointment comes to each status, and where it can go from there. */
const flow: Record<AppointmentStatus, { path: Step[]; next: Step[] }> = {
  SCHEDULED: { path: [], next: ['CONFIRMED', 'CANCELLED', 'NO_SHOW'] },
  CONFIRMED: { path: ['CONFIRMED'], next: ['IN_PROGRESS', 'CANCELLED', 'NO_SHOW'] },
  IN_PROGRESS: { path: ['CONFIRMED', 'IN_PROGRESS'], next: ['COMPLETED', 'CANCELLED'] },
  COMPLETED: { path: ['CONFIRMED', 'IN_PROGRESS', 'COMPLETED'], next: [] },
  CANCELLED: { path: ['CANCELLED'], next: ['NO_SHOW'] },
  NO_SHOW: { path: ['NO_SHOW'], next: [] },
};

describe('an appointment', () => {
  it.each(Object.keys(flow) as AppointmentStatus[])(
    'that is %s goes on as the flow has it',
    async (status) => {
      for (const step of Object.keys(steps) as Step[]) {
        const { id } = await bookAppointment(service);
        for (const before of flow[status].path) await take(before, id);
        const isNext = flow[status].next.includes(step);
        expect(await take(step, id)).toBe(isNext ? step : 'INVALID_TRANSITION');
        const { data } = await service.ask(nurse, GetAppointmentDocument, { id });
        expect(data.appointment?.status).toBe(isNext ? step : status);
      }
    },
  );

  it('takes one step of two that exclude each other and come at once', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { id } = await bookAppointment(service);
      await take('CONFIRMED', id);
      const outcomes = await Promise.all([take('IN_PROGRESS', id), take('NO_SHOW', id)]);
      expect(outcomes).toContain('INVALID_TRANSITION');
      expect(new Set(outcomes).size).toBe(2);
    }
  });

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
    const { id } = await bookAppointment(service, { doctorId: String(own.id) });
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
