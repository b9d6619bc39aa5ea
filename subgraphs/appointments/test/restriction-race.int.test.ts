import type { Viewer } from '@caregraph/service-kit';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { sharedDatabase } from '../../../test/cluster.js';
import { userViewer } from '../../../test/subgraph-client.js';
import { holdLock } from '../../../test/held-lock.js';
import {
  bookAppointment,
  newId,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  CancelAppointmentDocument,
  RescheduleAppointmentDocument,
  UpdateAppointmentDocument,
} from './generated/operations.js';

let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments();
});
afterAll(() => service[Symbol.asyncDispose]());

const changes = [
  [
    'updateAppointment',
    async (viewer: Viewer, id: string) =>
      (await service.ask(viewer, UpdateAppointmentDocument, { input: { id, reason: 'Told on the phone' } }))
        .data.updateAppointment,
  ],
  [
    'cancelAppointment',
    async (viewer: Viewer, id: string) =>
      (await service.ask(viewer, CancelAppointmentDocument, { input: { id } })).data.change,
  ],
  [
    'rescheduleAppointment',
    async (viewer: Viewer, id: string) =>
      (
        await service.ask(viewer, RescheduleAppointmentDocument, {
          input: { id, dateTime: '2100-03-02T09:00:00Z' },
        })
      ).data.rescheduleAppointment,
  ],
] as const;

it.each(changes)('%s that waited until its patient was restricted changes nothing', async (_, change) => {
  const [patientId, doctorId] = [newId(), newId()];
  const { id } = await bookAppointment(service, { patientId, doctorId });
  const row = async (): Promise<unknown[]> =>
    (await service.database.query<object>('SELECT * FROM appointments WHERE id = $1', [id])).rows;
  const before = await row();
  const { databaseUrl } = sharedDatabase('appointments');
  await using held = await holdLock(databaseUrl, 'SELECT FROM appointments WHERE id = $1 FOR UPDATE', [id]);
  const changed = change(userViewer('NURSE'), id);
  await held.isWaitedForBefore(changed);
  service.patients.restricted.set(patientId, [Number(doctorId)]);
  await service.patients.restrictionsKnown();
  await held.commit();
  expect(await changed).toMatchObject({ appointment: null, userErrors: [{ code: 'NOT_FOUND' }] });
  expect(await row()).toEqual(before);
});
