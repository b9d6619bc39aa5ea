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
  FindSlotsDocument,
  SetDoctorScheduleDocument,
  type FindSlotsQueryVariables,
  type SetDoctorScheduleInput,
  type SetDoctorScheduleMutation,
} from './generated/operations.js';

const staff = userViewer('STAFF');
const monday = { dayOfWeek: 'MONDAY', startTime: '08:00', endTime: '12:00' } as const;
let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments({ CLINIC_TIME_ZONE: 'Europe/Vienna' });
});
afterAll(() => service[Symbol.asyncDispose]());

describe('a schedule', () => {
  async function set(
    input: SetDoctorScheduleInput,
    viewer = userViewer('STAFF'),
  ): Promise<SetDoctorScheduleMutation['setDoctorSchedule']> {
    const { data, errors } = await service.ask(viewer, SetDoctorScheduleDocument, { input });
    expect(errors).toBeUndefined();
    return data.setDoctorSchedule;
  }

  it('is answered from Sunday to Saturday, in the time zone of the clinic at first', async () => {
    const doctorId = newId();
    const { doctor, userErrors } = await set({
      doctorId,
      days: [
        { ...monday, dayOfWeek: 'SATURDAY', endTime: '24:00', isAvailable: false },
        { ...monday, dayOfWeek: 'SUNDAY' },
        { ...monday, breakStart: '10:00', breakEnd: '10:15' },
      ],
    });
    const day = { ...monday, breakStart: null, breakEnd: null, isAvailable: true, timeZone: 'Europe/Vienna' };
    expect(userErrors).toEqual([]);
    expect(doctor).toEqual({
      id: doctorId,
      schedule: [
        { ...day, dayOfWeek: 'SUNDAY' },
        { ...day, breakStart: '10:00', breakEnd: '10:15' },
        { ...day, dayOfWeek: 'SATURDAY', endTime: '24:00', isAvailable: false },
      ],
    });
  });

  it('replaces the week before, and keeps the time zone when none is given', async () => {
    const doctorId = newId();
    await set({ doctorId, timeZone: 'Asia/Tokyo', days: [monday, { ...monday, dayOfWeek: 'FRIDAY' }] });
    const { doctor } = await set({ doctorId, days: [{ ...monday, endTime: '09:00' }] });
    expect(doctor?.schedule).toMatchObject([
      { dayOfWeek: 'MONDAY', endTime: '09:00', timeZone: 'Asia/Tokyo' },
    ]);
    expect((await set({ doctorId, days: [] })).doctor?.schedule).toEqual([]);
  });

  it('is null for somebody for whom nobody has set one', async () => {
    const { data } = await service.resolveReferences(staff, '... on User { schedule { id } }', [
      { __typename: 'User', id: newId() },
    ]);
    expect(data._entities).toEqual([{ schedule: null }]);
  });

  it('names every value that breaks a rule, and changes nothing', async () => {
    const doctorId = newId();
    await set({ doctorId, days: [monday] });
    const refused = await set({
      doctorId,
      timeZone: 'Europe/Atlantis',
      days: [monday, { ...monday, startTime: '13:00' }],
    });
    expect(refused.doctor).toBeNull();
    expect(refused.userErrors.map(({ code, field }) => [code, field?.join('.')])).toEqual([
      ['INVALID_INPUT', 'timeZone'],
      ['INVALID_INPUT', 'days.1.endTime'],
      ['INVALID_INPUT', 'days.1.dayOfWeek'],
    ]);
  });

  it('is for active doctors, as a booking is', async () => {
    const [missing, inactive, nurse] = [newId(), newId(), newId()];
    service.users.entities.set(missing, null);
    service.users.entities.set(inactive, { isActive: false });
    service.users.entities.set(nurse, { role: 'NURSE' });
    const codeOf = async (doctorId: string) => (await set({ doctorId, days: [] })).userErrors[0]?.code;
    expect(await Promise.all([missing, inactive, nurse, 'abc'].map(codeOf))).toEqual([
      'DOCTOR_NOT_FOUND',
      'DOCTOR_INACTIVE',
      'DOCTOR_NOT_FOUND',
      'DOCTOR_NOT_FOUND',
    ]);
  });

  it('is set by a doctor for the own week only, and not by a nurse', async () => {
    const doctor = userViewer('DOCTOR');
    expect((await set({ doctorId: String(doctor.id), days: [monday] }, doctor)).userErrors).toEqual([]);
    expect((await set({ doctorId: newId(), days: [monday] }, doctor)).userErrors).toMatchObject([
      { code: 'FORBIDDEN', field: ['doctorId'] },
    ]);
    expect((await set({ doctorId: newId(), days: [monday] }, userViewer('NURSE'))).userErrors).toMatchObject([
      { code: 'FORBIDDEN' },
    ]);
  });

  it('is one of those that were set when several are set at once', async () => {
    const doctorId = newId();
    const weeks = ['09:00', '10:00', '11:00'].map((endTime) =>
      (['MONDAY', 'TUESDAY', 'WEDNESDAY'] as const).map((dayOfWeek) => ({ ...monday, dayOfWeek, endTime })),
    );
    await Promise.all(weeks.map((days) => set({ doctorId, days })));
    const { data } = await service.resolveReferences(staff, '... on User { schedule { endTime } }', [
      { __typename: 'User', id: doctorId },
    ]);
    const ends = (data._entities as { schedule: { endTime: string }[] }[])[0]?.schedule ?? [];
    expect(ends).toHaveLength(3);
    expect(new Set(ends.map(({ endTime }) => endTime)).size).toBe(1);
  });
});

describe('free slots', () => {
  it('are none in times that have passed, however long ago', async () => {
    const doctorId = await setWeek(service, { timeZone: 'America/New_York', hours: ['00:00', '24:00'] });
    const search = { doctorId, from: '0001-01-01T00:00:00Z', to: '0001-01-02T00:00:00Z', duration: 30 };
    const { data, errors } = await service.ask(staff, FindSlotsDocument, search);
    expect(errors).toBeUndefined();
    expect(data.availableSlots).toEqual([]);
  });

  const find = (search: FindSlotsQueryVariables) => service.ask(staff, FindSlotsDocument, search);
  async function startsOf(search: FindSlotsQueryVariables): Promise<string[]> {
    const { data, errors } = await find(search);
    expect(errors).toBeUndefined();
    return data.availableSlots.map(({ startsAt }) => startsAt.slice(5, 16));
  }
  const day = { from: '2100-03-01T00:00:00Z', to: '2100-03-02T00:00:00Z' };

  it('are what is left of the working hours between appointments that take time', async () => {
    const doctorId = await setWeek(service, { hours: ['08:00', '11:00'] });
    await bookAppointment(service, { doctorId, dateTime: '2100-03-01T08:45:00Z', duration: 30 });
    const cancelled = await bookAppointment(service, { doctorId, dateTime: '2100-03-01T10:00:00Z' });
    await service.ask(staff, CancelAppointmentDocument, { input: { id: cancelled.id } });
    expect((await find({ doctorId, ...day, duration: 30 })).data.availableSlots).toEqual(
      [
        ['08:00', '08:30'],
        ['09:15', '09:45'],
        ['09:45', '10:15'],
        ['10:15', '10:45'],
      ].map(([start, end]) => ({
        startsAt: `2100-03-01T${start}:00.000Z`,
        endsAt: `2100-03-01T${end}:00.000Z`,
      })),
    );
  });

  it('can each be booked', async () => {
    const doctorId = await setWeek(service, { timeZone: 'America/New_York', hours: ['20:00', '24:00'] });
    const { data } = await find({ doctorId, ...day, duration: 50 });
    expect(data.availableSlots.length).toBeGreaterThan(3);
    for (const { startsAt } of data.availableSlots) {
      await bookAppointment(service, { doctorId, dateTime: startsAt, duration: 50, type: 'CONSULTATION' });
    }
    expect(await startsOf({ doctorId, ...day, duration: 50 })).toEqual([]);
  });

  it('lie within the search, and begin where they would in a longer one', async () => {
    const doctorId = await setWeek(service, { hours: ['08:00', '11:00'] });
    const search = { doctorId, from: '2100-03-01T08:10:00Z', to: '2100-03-01T09:35:00Z', duration: 30 };
    expect(await startsOf(search)).toEqual(['03-01T08:30', '03-01T09:00']);
  });

  it('follow the clocks of the doctor when these change', async () => {
    const doctorId = await setWeek(service, { timeZone: 'Europe/Vienna', hours: ['08:00', '09:00'] });
    const search = { doctorId, from: '2027-03-27T00:00:00Z', to: '2027-03-29T00:00:00Z', duration: 60 };
    expect(await startsOf(search)).toEqual(['03-27T07:00', '03-28T06:00']);
  });

  it('are none of the past', async () => {
    const doctorId = await setWeek(service, { hours: ['00:00', '24:00'] });
    const now = Date.now();
    const search = {
      from: new Date(now - 86_400_000).toISOString(),
      to: new Date(now + 86_400_000).toISOString(),
    };
    const { data } = await find({ doctorId, ...search, duration: 15 });
    expect(data.availableSlots.length).toBeGreaterThan(90);
    expect(Date.parse(data.availableSlots[0]?.startsAt ?? '')).toBeGreaterThanOrEqual(now);
  });

  it('are none of somebody who cannot be booked', async () => {
    const doctorId = await setWeek(service, { hours: ['08:00', '11:00'] });
    service.users.entities.set(doctorId, { role: 'STAFF' });
    expect(await startsOf({ doctorId, ...day, duration: 30 })).toEqual([]);
    for (const nobody of [newId(), 'abc', '-1']) {
      expect(await startsOf({ doctorId: nobody, ...day, duration: 30 })).toEqual([]);
    }
  });

  it.each([
    ['that ends before it begins', { from: day.to, to: day.from }],
    ['of no length', { from: day.from, to: day.from }],
    ['of more than 62 days', { to: '2100-05-02T00:00:00.001Z' }],
    ['for less than a quarter of an hour', { duration: 14 }],
    ['for more than eight hours', { duration: 481 }],
  ])('cannot be found by a search %s', async (_, wrong) => {
    const { errors } = await find({ doctorId: '1', ...day, duration: 30, ...wrong });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});
