import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDirectoryStandIn } from '../../../test/directory-stand-in.js';
import { userViewer } from '../../../test/subgraph-client.js';
import { startAppointmentsProcess } from './appointments-process.js';
import {
  bookAppointment,
  newId,
  setWeek,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  AddTimeOffDocument,
  FindNextSlotsDocument,
  FindSlotsDocument,
  type FindNextSlotsQueryVariables,
} from './generated/operations.js';

const staff = userViewer('STAFF');
let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments();
});
afterAll(() => service[Symbol.asyncDispose]());

describe('the next free slots', () => {
  const find = (search: FindNextSlotsQueryVariables) => service.ask(staff, FindNextSlotsDocument, search);

  /** As `<doctor> <day>T<time>`, where the doctor is the place in the list. */
  async function found(
    search: FindNextSlotsQueryVariables & { doctorIds: readonly string[] },
  ): Promise<string[]> {
    const { data, errors } = await find(search);
    expect(errors).toBeUndefined();
    return data.nextAvailableSlots.map(
      ({ doctor, startsAt }) => `${search.doctorIds.indexOf(doctor?.id ?? '')} ${startsAt.slice(8, 16)}`,
    );
  }

  function doctors(...weeks: Parameters<typeof setWeek>[1][]): Promise<string[]> {
    return Promise.all(weeks.map((week) => setWeek(service, week)));
  }

  const from = '2100-03-01T00:00:00Z';

  it('are the earliest among several doctors, by time and then by doctor', async () => {
    const same = { hours: ['09:00', '11:00'] } as const;
    const [one = '', other = ''] = await doctors(same, same);
    const [first = '', second = ''] = [one, other].sort((a, b) => Number(a) - Number(b));
    const [early = ''] = await doctors({ hours: ['08:30', '09:30'] });
    await bookAppointment(service, { doctorId: first, dateTime: '2100-03-01T09:00:00Z', duration: 60 });
    const search = { doctorIds: [second, first, early], from, duration: 60 };
    expect(await found({ ...search, first: 5 })).toEqual([
      '2 01T08:30',
      '0 01T09:00',
      '1 01T10:00',
      '0 01T10:00',
      '2 02T08:30',
    ]);
    expect(await found({ ...search, first: 1 })).toEqual(['2 01T08:30']);
    expect(await found(search)).toHaveLength(10);
    expect(await found({ ...search, doctorIds: [first, first] })).toHaveLength(10);
  });

  it('are what the doctors have each, put in order', async () => {
    const doctorIds = await doctors(
      { timeZone: 'America/New_York', hours: ['20:00', '24:00'] },
      { timeZone: 'Asia/Kolkata', hours: ['09:00', '12:00'] },
      { timeZone: 'Australia/Lord_Howe', hours: ['00:00', '24:00'] },
    );
    const start = '2027-03-27T13:00:00Z';
    const { data } = await find({ doctorIds, from: start, duration: 50, first: 100 });
    const each = await Promise.all(
      doctorIds.map(async (doctorId) => {
        const search = { doctorId, from: start, to: '2027-04-10T00:00:00Z', duration: 50 };
        const answer = await service.ask(staff, FindSlotsDocument, search);
        return answer.data.availableSlots.map((slot) => ({ doctor: { id: doctorId }, ...slot }));
      }),
    );
    const all = each
      .flat()
      .sort((a, b) => a.startsAt.localeCompare(b.startsAt) || Number(a.doctor.id) - Number(b.doctor.id));
    expect(data.nextAvailableSlots).toEqual(all.slice(0, 100));
  });

  it('are sought for 62 days, and none of the past', async () => {
    const [doctorId = ''] = await doctors({ hours: ['09:00', '10:00'] });
    const off = { doctorId, firstDate: '2100-03-01', lastDate: '2100-04-30' };
    await service.ask(staff, AddTimeOffDocument, { input: off });
    expect(await found({ doctorIds: [doctorId], from, duration: 60 })).toEqual(['0 01T09:00']);
    expect(await found({ doctorIds: [doctorId], from: '2100-02-28T09:30:00Z', duration: 60 })).toEqual([]);
    expect(await found({ doctorIds: [doctorId], from: '2001-01-01T00:00:00Z', duration: 60 })).toEqual([]);
    const now = new Date();
    const { data } = await find({ doctorIds: [doctorId], from: now.toISOString(), duration: 60, first: 1 });
    expect(Date.parse(data.nextAvailableSlots[0]?.startsAt ?? '')).toBeGreaterThanOrEqual(now.getTime());
  });

  it('are none of somebody who cannot be booked, or of nobody', async () => {
    const [doctorId = '', nurse = ''] = await doctors(
      { hours: ['09:00', '10:00'] },
      { hours: ['08:00', '10:00'] },
    );
    service.users.entities.set(nurse, { role: 'NURSE' });
    const doctorIds = [nurse, newId(), 'abc', '-1', doctorId];
    expect(await found({ doctorIds, from, duration: 60, first: 1 })).toEqual(['4 01T09:00']);
    expect(await found({ doctorIds: [], from, duration: 60 })).toEqual([]);
    expect(await found({ doctorIds: [doctorId], from: '9999-12-31T20:00:00Z', duration: 60 })).toEqual([]);
  });

  it('are a fault of the users service where it does not answer', async () => {
    const [doctorId = ''] = await doctors({ hours: ['09:00', '10:00'] });
    service.users.failure = 'error';
    const { errors } = await find({ doctorIds: [doctorId], from, duration: 60 });
    service.users.failure = 'none';
    expect(errors).toMatchObject([{ extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' } }]);
  });

  it.each([
    ['for less than a quarter of an hour', { duration: 14 }],
    ['for more than eight hours', { duration: 481 }],
    ['for no slots', { first: 0 }],
    ['for more than a hundred', { first: 101 }],
    ['among more than fifty doctors', { doctorIds: Array.from({ length: 51 }, (_, id) => String(id + 1)) }],
  ])('cannot be found by a search %s', async (_, wrong) => {
    const { errors } = await find({ doctorIds: ['1'], from, duration: 30, ...wrong });
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  });
});

describe('the time zone of the server', () => {
  it.each(['America/St_Johns', 'Pacific/Apia'])('makes no difference: %s', async (own) => {
    await using users = await startDirectoryStandIn('users');
    await using patients = await startDirectoryStandIn('patients');
    await using elsewhere = await startAppointmentsProcess(patients, users, { TZ: own });
    const timeZone = 'Europe/Vienna';
    const doctorId = await setWeek(service, { timeZone, hours: ['00:00', '24:00'] });
    const off = {
      doctorId,
      firstDate: '2027-03-27',
      lastDate: '2027-03-27',
      startTime: '01:00',
      endTime: '23:00',
    };
    await elsewhere.ask(staff, AddTimeOffDocument, { input: off });
    const search = { doctorId, from: '2027-03-26T23:00:00Z', to: '2027-03-28T22:00:00Z', duration: 120 };
    const [here, there] = await Promise.all(
      [service, elsewhere].map(async (server) => {
        const { data, errors } = await server.ask(staff, FindSlotsDocument, search);
        expect(errors).toBeUndefined();
        return data.availableSlots.map(({ startsAt }) => startsAt.slice(8, 16));
      }),
    );
    expect(there).toEqual(here);
    // From eleven in the evening, and the 28th has 23 hours.
    expect(there).toEqual([
      ...['27T22:00', '28T00:00', '28T02:00', '28T04:00', '28T06:00', '28T08:00'],
      ...['28T10:00', '28T12:00', '28T14:00', '28T16:00', '28T18:00', '28T20:00'],
    ]);
  });
});
