import { mayAct, policy } from '@caregraph/access-policy';
import type { AuditRecorder } from '@caregraph/audit-trail';
import { parseId, validate, type Viewer } from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import type { AppointmentError } from './appointment.js';
import type { BookingRepository } from './booking-repository.js';
import { transact, type Database } from './database.js';
import type { Directory } from './directory.js';
import type { SetDoctorScheduleInput } from './generated/graphql.js';
import { findBookableDoctor } from './participants.js';
import type { ScheduleOutcome, Week } from './schedule.js';
import { setDoctorScheduleInput } from './schedule-input.js';
import type { ScheduleRepository } from './schedule-repository.js';

/** The rules about doctors' working hours. One is made for each request. */
export type ScheduleService = ReturnType<typeof createScheduleService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly bookings: BookingRepository;
  readonly schedules: ScheduleRepository;
  readonly directory: Directory;
}

export function createScheduleService({ database, audit, bookings, schedules, directory }: Dependencies) {
  const byDoctor = new DataLoader<number, Week | null>((ids) => schedules.findMany(ids));

  return {
    async load(doctorId: number): Promise<Week['days'] | null> {
      const week = await byDoctor.load(doctorId);
      return week?.days ?? null;
    },

    /** Replaces the whole week. Appointments that are booked stay, and no booking slips in between. */
    async set(viewer: Viewer, input: SetDoctorScheduleInput): Promise<ScheduleOutcome> {
      const validated = validate(setDoctorScheduleInput, input);
      if (!validated.ok) return refused(...validated.problems);
      const { timeZone, days } = validated.value;
      if (!mayAct(viewer, policy.mutate.setDoctorSchedule, parseId(input.doctorId))) {
        return refused({
          code: 'FORBIDDEN',
          message: 'Doctors set their own working hours only.',
          field: ['doctorId'],
        });
      }
      const doctor = await findBookableDoctor(directory, input.doctorId);
      if (typeof doctor !== 'number') return refused(doctor);
      await transact(database, audit, async (transaction, whoActs) => {
        await bookings.lock(transaction, whoActs, { doctorId: doctor });
        await schedules.replace(transaction, doctor, timeZone, days);
      });
      byDoctor.clear(doctor);
      return { doctor: { id: doctor }, userErrors: [] };
    },
  };
}

function refused(...userErrors: readonly AppointmentError[]): ScheduleOutcome {
  return { doctor: null, userErrors };
}
