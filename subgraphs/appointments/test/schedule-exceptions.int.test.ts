import type { Viewer } from '@caregraph/service-kit';
import { randomInt } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
  AddClinicHolidayDocument,
  AddExtraHoursDocument,
  AddTimeOffDocument,
  BookAppointmentDocument,
  CancelAppointmentDocument,
  FindSlotsDocument,
  ListHolidaysDocument,
  RemoveScheduleExceptionDocument,
  RescheduleAppointmentDocument,
  UpdateAppointmentDocument,
  type AddClinicHolidayMutation,
  type AddExtraHoursInput,
  type AddTimeOffInput,
  type AddTimeOffMutation,
  type BookAppointmentInput,
} from './generated/operations.js';

const staff = userViewer('STAFF');
const administrator = userViewer('ADMIN');
let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments({ CLINIC_TIME_ZONE: 'Europe/Vienna' });
});
afterAll(() => service[Symbol.asyncDispose]());

/** A Monday in a year of which no other test file knows: holidays are everybody's. */
function newMonday(): string {
  const weeks = randomInt(40 * 52);
  return new Date(Date.parse('2150-01-05T00:00:00Z') + weeks * 7 * 86_400_000).toISOString().slice(0, 10);
}

async function addTimeOff(
  input: AddTimeOffInput,
  viewer: Viewer = staff,
): Promise<AddTimeOffMutation['change']> {
  const { data, errors } = await service.ask(viewer, AddTimeOffDocument, { input });
  expect(errors).toBeUndefined();
  return data.change;
}

async function addExtraHours(input: AddExtraHoursInput, viewer: Viewer = staff) {
  const { data, errors } = await service.ask(viewer, AddExtraHoursDocument, { input });
  expect(errors).toBeUndefined();
  return data.change;
}

async function addHoliday(
  date: string,
  viewer: Viewer = administrator,
  name = 'Founding day',
): Promise<AddClinicHolidayMutation['change']> {
  const { data, errors } = await service.ask(viewer, AddClinicHolidayDocument, { input: { date, name } });
  expect(errors).toBeUndefined();
  return data.change;
}

async function remove(id: string, viewer: Viewer = staff) {
  const { data, errors } = await service.ask(viewer, RemoveScheduleExceptionDocument, { input: { id } });
  expect(errors).toBeUndefined();
  return data.change;
}

/** What came of a booking: `'BOOKED'`, or the codes of the refusal. */
async function book(doctorId: string, dateTime: string, overrides: Partial<BookAppointmentInput> = {}) {
  const input = newBooking({ doctorId, dateTime, type: 'CONSULTATION', ...overrides });
  const { data } = await service.ask(staff, BookAppointmentDocument, { input });
  const { appointment, userErrors } = data.bookAppointment;
  return appointment === null ? userErrors.map(({ code }) => code).join() : 'BOOKED';
}

async function slotsOn(doctorId: string, date: string): Promise<string[]> {
  const search = { doctorId, from: `${date}T00:00:00Z`, to: `${date}T23:59:59Z`, duration: 60 };
  const { data, errors } = await service.ask(staff, FindSlotsDocument, search);
  expect(errors).toBeUndefined();
  return data.availableSlots.map(({ startsAt }) => startsAt.slice(11, 16));
}

describe('time off', () => {
  it('is answered as it was added, and listed among what else touches the dates', async () => {
    const doctorId = newId();
    const monday = newMonday();
    const { scheduleException, userErrors } = await addTimeOff({
      ...{ doctorId, firstDate: monday, lastDate: monday },
      ...{ startTime: '12:00', endTime: '24:00', reason: 'Conference' },
    });
    expect(userErrors).toEqual([]);
    expect(scheduleException).toEqual({
      id: scheduleException?.id,
      kind: 'TIME_OFF',
      doctor: { id: doctorId },
      ...{ firstDate: monday, lastDate: monday, startTime: '12:00', endTime: '24:00', reason: 'Conference' },
    });
    await addExtraHours({ doctorId, date: monday, startTime: '18:00', endTime: '20:00' });
    await addTimeOff({ doctorId, firstDate: '2149-01-01', lastDate: '2199-12-31' });
    await addTimeOff({ doctorId: newId(), firstDate: monday, lastDate: monday });
    const { scheduleException: holiday } = await addHoliday(monday);
    const listed = async (from: string, to: string): Promise<unknown> => {
      const { data, errors } = await service.resolveReferences(
        staff,
        `... on User { scheduleExceptions(from: "${from}", to: "${to}") { kind firstDate reason } }`,
        [{ __typename: 'User', id: doctorId }],
      );
      expect(errors).toBeUndefined();
      return (data._entities as { scheduleExceptions: unknown }[])[0]?.scheduleExceptions;
    };
    expect(await listed(monday, monday)).toEqual([
      { kind: 'TIME_OFF', firstDate: '2149-01-01', reason: null },
      { kind: 'TIME_OFF', firstDate: monday, reason: 'Conference' },
      { kind: 'EXTRA_HOURS', firstDate: monday, reason: null },
      { kind: 'CLINIC_HOLIDAY', firstDate: monday, reason: 'Founding day' },
    ]);
    expect(await listed('2148-12-31', '2149-01-01')).toHaveLength(1);
    expect(await listed('2200-01-01', '2200-01-01')).not.toContainEqual(
      expect.objectContaining({ kind: 'TIME_OFF' }),
    );
    await remove(holiday?.id ?? '', administrator);
  });

  it('takes slots away and refuses bookings, and what is booked stays and is counted', async () => {
    const doctorId = await setWeek(service, { hours: ['08:00', '12:00'] });
    const monday = newMonday();
    const day = { doctorId, firstDate: monday, lastDate: monday };
    for (const hour of ['08', '09', '11'])
      expect(await book(doctorId, `${monday}T${hour}:00:00Z`)).toBe('BOOKED');
    const cancelled = await bookAppointment(service, { doctorId, dateTime: `${monday}T10:00:00Z` });
    await service.ask(staff, CancelAppointmentDocument, { input: { id: cancelled.id } });
    const part = await addTimeOff({ ...day, startTime: '09:15', endTime: '11:00' });
    // At half past nine the one that began at nine is over; a quarter of an hour of it is in the time off.
    expect(part.affectedCount).toBe(1);
    expect(await slotsOn(doctorId, monday)).toEqual([]);
    expect(await book(doctorId, `${monday}T10:00:00Z`)).toBe('OUTSIDE_SCHEDULE');
    expect(await book(doctorId, `${monday}T11:30:00Z`)).toBe('BOOKED');
    expect((await addTimeOff(day)).affectedCount).toBe(4);
    expect(await book(doctorId, `${monday}T08:30:00Z`)).toBe('OUTSIDE_SCHEDULE');
    expect(await book(doctorId, `${monday}T08:30:00Z`, { type: 'EMERGENCY' })).toBe('BOOKED');
    await remove(part.scheduleException?.id ?? '');
    expect(await book(doctorId, `${monday}T10:00:00Z`)).toBe('OUTSIDE_SCHEDULE');
  });

  it('is on the clocks of the doctor', async () => {
    const doctorId = await setWeek(service, { timeZone: 'America/New_York', hours: ['18:00', '24:00'] });
    const monday = newMonday();
    const tuesday = new Date(Date.parse(monday) + 86_400_000).toISOString().slice(0, 10);
    await addTimeOff({ doctorId, firstDate: monday, lastDate: monday });
    // Half past three in the morning of Tuesday, by UTC, is Monday evening in New York.
    expect(await book(doctorId, `${tuesday}T03:30:00Z`)).toBe('OUTSIDE_SCHEDULE');
    expect(await book(doctorId, `${monday}T03:30:00Z`)).toBe('BOOKED');
  });

  it('holds for moves, and for an emergency that becomes something else', async () => {
    const doctorId = await setWeek(service, { hours: ['08:00', '12:00'] });
    const monday = newMonday();
    const booked = await bookAppointment(service, {
      ...{ doctorId, dateTime: `${monday}T08:00:00Z`, type: 'CONSULTATION' },
    });
    const emergency = await bookAppointment(service, { doctorId, dateTime: `${monday}T10:00:00Z` });
    await addTimeOff({ doctorId, firstDate: monday, lastDate: monday, startTime: '09:00', endTime: '12:00' });
    const move = { id: booked.id, dateTime: `${monday}T11:00:00Z` };
    const { data: moved } = await service.ask(staff, RescheduleAppointmentDocument, { input: move });
    expect(moved.rescheduleAppointment.userErrors).toMatchObject([{ code: 'OUTSIDE_SCHEDULE' }]);
    const change = { id: emergency.id, type: 'PROCEDURE' } as const;
    const { data: changed } = await service.ask(staff, UpdateAppointmentDocument, { input: change });
    expect(changed.updateAppointment.userErrors).toMatchObject([
      { code: 'OUTSIDE_SCHEDULE', field: ['type'] },
    ]);
  });

  it('may overlap other time off, and is refused when the same is there already', async () => {
    const doctorId = newId();
    const monday = newMonday();
    const day = { doctorId, firstDate: monday, lastDate: monday };
    expect((await addTimeOff(day)).userErrors).toEqual([]);
    expect((await addTimeOff({ ...day, startTime: '08:00', endTime: '09:00' })).userErrors).toEqual([]);
    expect((await addTimeOff({ ...day, reason: 'Again' })).userErrors).toEqual([
      { code: 'INVALID_INPUT', message: 'The same has been added already.', field: null },
    ]);
  });

  it.each<[string, Partial<AddTimeOffInput>, string]>([
    ['that ends before it begins', { lastDate: '2150-01-04' }, 'lastDate'],
    ['with a start only', { startTime: '09:00' }, 'endTime'],
    ['with an end only', { endTime: '09:00' }, 'startTime'],
    ['of no length', { startTime: '09:00', endTime: '09:00' }, 'endTime'],
    [
      'with times on several days',
      { lastDate: '2150-01-06', startTime: '09:00', endTime: '10:00' },
      'lastDate',
    ],
    ['with a reason that is too long', { reason: 'x'.repeat(1_001) }, 'reason'],
  ])('%s is refused', async (_, wrong, field) => {
    const input = { doctorId: newId(), firstDate: '2150-01-05', lastDate: '2150-01-05', ...wrong };
    const { scheduleException, affectedCount, userErrors } = await addTimeOff(input);
    expect([scheduleException, affectedCount]).toEqual([null, null]);
    expect(userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: [field] }]);
  });
});

describe('extra hours', () => {
  it('can be booked, whatever the week, time off and holidays say', async () => {
    const doctorId = await setWeek(service, { hours: ['08:00', '10:00'], days: ['MONDAY'] });
    const monday = newMonday();
    expect(await slotsOn(doctorId, monday)).toEqual(['08:00', '09:00']);
    await addTimeOff({ doctorId, firstDate: monday, lastDate: monday });
    const { scheduleException: holiday } = await addHoliday(monday);
    expect(await slotsOn(doctorId, monday)).toEqual([]);
    const { scheduleException, userErrors } = await addExtraHours({
      ...{ doctorId, date: monday, startTime: '09:30', endTime: '12:00' },
    });
    expect(userErrors).toEqual([]);
    expect(scheduleException).toMatchObject({ kind: 'EXTRA_HOURS', firstDate: monday, lastDate: monday });
    expect(await slotsOn(doctorId, monday)).toEqual(['09:30', '10:30']);
    expect(await book(doctorId, `${monday}T11:30:00Z`)).toBe('BOOKED');
    expect(await book(doctorId, `${monday}T08:00:00Z`)).toBe('OUTSIDE_SCHEDULE');
    await remove(holiday?.id ?? '', administrator);
  });

  it('need no week, and are on the clocks of the clinic then', async () => {
    const doctorId = newId();
    const monday = newMonday();
    expect(await book(doctorId, `${monday}T12:00:00Z`)).toBe('OUTSIDE_SCHEDULE');
    await addExtraHours({ doctorId, date: monday, startTime: '00:00', endTime: '24:00' });
    const starts = await slotsOn(doctorId, monday);
    // Vienna is one or two hours ahead of UTC.
    expect(starts.at(-1)).toMatch(/^2[12]:00$/);
  });

  it('continue the week, so that an appointment may lie in both', async () => {
    const doctorId = await setWeek(service, { hours: ['08:00', '10:00'] });
    const monday = newMonday();
    await addExtraHours({ doctorId, date: monday, startTime: '10:00', endTime: '11:00' });
    expect(await book(doctorId, `${monday}T09:30:00Z`, { duration: 60 })).toBe('BOOKED');
  });

  it('end after they begin', async () => {
    const input = { doctorId: newId(), date: newMonday(), startTime: '10:00', endTime: '10:00' };
    expect((await addExtraHours(input)).userErrors).toEqual([
      { code: 'INVALID_INPUT', message: 'must be after the start', field: ['endTime'] },
    ]);
  });
});

describe('a holiday of the clinic', () => {
  it('closes it for every doctor, on the date of each one’s clocks, until it is removed', async () => {
    const monday = newMonday();
    const doctors = await Promise.all(
      ['Pacific/Auckland', 'UTC', 'America/Los_Angeles'].map((timeZone) =>
        setWeek(service, { timeZone, hours: ['09:00', '10:00'], days: ['MONDAY'] }),
      ),
    );
    const search = {
      from: new Date(Date.parse(monday) - 86_400_000).toISOString(),
      to: new Date(Date.parse(monday) + 2 * 86_400_000).toISOString(),
      duration: 60,
    };
    const slots = async (): Promise<string[]> => {
      const found = doctors.map((doctorId) => service.ask(staff, FindSlotsDocument, { doctorId, ...search }));
      return (await Promise.all(found)).flatMap(({ data }) =>
        data.availableSlots.map(({ startsAt }) => startsAt),
      );
    };
    const [first = ''] = await slots();
    expect(await slots()).toHaveLength(3);
    expect(await book(doctors[0] ?? '', first)).toBe('BOOKED');
    const { scheduleException, affectedCount } = await addHoliday(monday);
    expect(scheduleException).toMatchObject({
      ...{ kind: 'CLINIC_HOLIDAY', doctor: null, firstDate: monday, lastDate: monday },
      ...{ startTime: null, endTime: null, reason: 'Founding day' },
    });
    expect(affectedCount).toBe(1);
    expect(await slots()).toEqual([]);
    expect(await book(doctors[1] ?? '', `${monday}T09:00:00Z`)).toBe('OUTSIDE_SCHEDULE');
    expect((await remove(scheduleException?.id ?? '', administrator)).scheduleException).toEqual(
      scheduleException,
    );
    expect(await slots()).toHaveLength(2);
  });

  it('is listed with the others of a year', async () => {
    const [first, second] = await Promise.all([addHoliday('2149-12-25'), addHoliday('2149-12-24')]);
    const { data } = await service.ask(staff, ListHolidaysDocument, { from: '2149-01-01', to: '2149-12-31' });
    expect(data.clinicHolidays).toEqual([second.scheduleException, first.scheduleException]);
    for (const { scheduleException } of [first, second])
      await remove(scheduleException?.id ?? '', administrator);
  });

  it('has a name, and is there once', async () => {
    const monday = newMonday();
    expect((await addHoliday(monday, administrator, ' ')).userErrors).toMatchObject([
      { code: 'INVALID_INPUT', field: ['name'] },
    ]);
    const { scheduleException } = await addHoliday(monday);
    expect((await addHoliday(monday)).userErrors).toMatchObject([{ code: 'INVALID_INPUT', field: null }]);
    await remove(scheduleException?.id ?? '', administrator);
  });
});

describe('who may change exceptions', () => {
  const monday = newMonday();
  const timeOff = (doctorId: string) => ({ doctorId, firstDate: monday, lastDate: monday });
  const extra = (doctorId: string) => ({ doctorId, date: monday, startTime: '09:00', endTime: '10:00' });

  it('is a doctor for the own ones only', async () => {
    const doctor = userViewer('DOCTOR');
    const own = String(doctor.id);
    const added = await addTimeOff(timeOff(own), doctor);
    expect(added.userErrors).toEqual([]);
    expect((await addExtraHours(extra(own), doctor)).userErrors).toEqual([]);
    expect((await remove(added.scheduleException?.id ?? '', doctor)).userErrors).toEqual([]);
    const another = newId();
    const others = await addTimeOff(timeOff(another));
    expect((await addTimeOff(timeOff(newId()), doctor)).userErrors).toMatchObject([
      { code: 'FORBIDDEN', field: ['doctorId'] },
    ]);
    expect((await addExtraHours(extra(another), doctor)).userErrors).toMatchObject([
      { code: 'FORBIDDEN', field: ['doctorId'] },
    ]);
    expect((await remove(others.scheduleException?.id ?? '', doctor)).userErrors).toMatchObject([
      { code: 'FORBIDDEN', field: ['id'] },
    ]);
  });

  it('is no nurse', async () => {
    const nurse = userViewer('NURSE');
    const refused = [{ code: 'FORBIDDEN', field: null }];
    expect((await addTimeOff(timeOff(newId()), nurse)).userErrors).toMatchObject(refused);
    expect((await addExtraHours(extra(newId()), nurse)).userErrors).toMatchObject(refused);
    expect((await remove('1', nurse)).userErrors).toMatchObject(refused);
  });

  it('is for holidays an administrator only', async () => {
    for (const role of ['DOCTOR', 'NURSE', 'STAFF'] as const) {
      expect((await addHoliday(monday, userViewer(role))).userErrors).toMatchObject([{ code: 'FORBIDDEN' }]);
    }
    const { scheduleException } = await addHoliday(monday);
    for (const role of ['DOCTOR', 'STAFF'] as const) {
      expect((await remove(scheduleException?.id ?? '', userViewer(role))).userErrors).toMatchObject([
        { code: 'FORBIDDEN', field: ['id'] },
      ]);
    }
    expect((await remove(scheduleException?.id ?? '', administrator)).userErrors).toEqual([]);
  });

  it('finds no exception that is not there any more, or never was', async () => {
    const { scheduleException } = await addTimeOff(timeOff(newId()));
    const id = scheduleException?.id ?? '';
    const outcomes = await Promise.all([remove(id), remove(id), remove(id)]);
    const codes = outcomes.flatMap(({ userErrors }) => userErrors.map(({ code }) => code));
    expect(codes).toEqual(['NOT_FOUND', 'NOT_FOUND']);
    for (const never of ['abc', '-1', '99999999999999']) {
      expect((await remove(never)).userErrors).toMatchObject([{ code: 'NOT_FOUND', field: ['id'] }]);
    }
  });

  it('plans for active doctors only', async () => {
    const [missing, inactive, nurse] = [newId(), newId(), newId()];
    service.users.entities.set(missing, null);
    service.users.entities.set(inactive, { isActive: false });
    service.users.entities.set(nurse, { role: 'NURSE' });
    const codeOf = async (doctorId: string) => (await addTimeOff(timeOff(doctorId))).userErrors[0]?.code;
    expect(await Promise.all([missing, inactive, nurse, 'abc'].map(codeOf))).toEqual([
      'DOCTOR_NOT_FOUND',
      'DOCTOR_INACTIVE',
      'DOCTOR_NOT_FOUND',
      'DOCTOR_NOT_FOUND',
    ]);
  });
});

describe('a list of exceptions', () => {
  const listHolidays = (from: string, to: string) => service.ask(staff, ListHolidaysDocument, { from, to });

  it('is about 366 days at most, from the first to the last', async () => {
    const codesOf = async (from: string, to: string): Promise<unknown> =>
      (await listHolidays(from, to)).errors?.map(({ extensions }) => extensions?.['code']);
    expect(await codesOf('2144-01-01', '2144-12-31')).toBeUndefined();
    expect(await codesOf('2144-01-01', '2145-01-01')).toEqual(['BAD_USER_INPUT']);
    expect(await codesOf('2144-01-02', '2144-01-01')).toEqual(['BAD_USER_INPUT']);
    expect(await codesOf('9999-12-31', '9999-12-31')).toBeUndefined();
    expect(await codesOf('0001-01-01', '0001-01-01')).toBeUndefined();
  });
});
