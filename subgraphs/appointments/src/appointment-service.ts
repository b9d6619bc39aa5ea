import { mayAct, policy, type Rule } from '@caregraph/access-policy';
import { parseId, validate, type Viewer } from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import {
  invalid,
  notFound,
  refused,
  stale,
  type Appointment,
  type AppointmentOutcome,
} from './appointment.js';
import { updateAppointmentInput } from './appointment-input.js';
import type { AppointmentChanges, AppointmentRepository } from './appointment-repository.js';
import { movableStatuses, statusesBefore } from './appointment-status.js';
import { findScheduleProblem, rangeOf } from './booking-rules.js';
import type { AppointmentStatus, AppointmentType, UpdateAppointmentInput } from './generated/graphql.js';
import type { ScheduleRepository } from './schedule-repository.js';

/** The rules about appointments. One is made for each request: what it has read is remembered until the answer. */
export type AppointmentService = ReturnType<typeof createAppointmentService>;

/** Which appointment, and on which version of it the request is based. */
interface Target {
  readonly id: string;
  readonly version?: number | null | undefined;
}

interface Dependencies {
  readonly appointments: AppointmentRepository;
  readonly schedules: ScheduleRepository;
}

export function createAppointmentService({ appointments, schedules }: Dependencies) {
  const byId = new DataLoader<number, Appointment | null>((ids) => appointments.findMany(ids));

  async function load(id: string): Promise<Appointment | null> {
    const key = parseId(id);
    return key === null ? null : byId.load(key);
  }

  /** Changes an appointment under its version; with `statuses`, only one that has one of these. */
  async function change(
    input: Target,
    statuses: readonly AppointmentStatus[] | null,
    changes: AppointmentChanges,
  ): Promise<AppointmentOutcome> {
    const id = parseId(input.id);
    if (id === null) return notFound;
    byId.clear(id);
    const appointment = await appointments.update(id, input.version ?? null, statuses, changes);
    if (appointment !== null) return { appointment, userErrors: [] };
    const current = await load(input.id);
    if (current === null) return notFound;
    if (input.version != null && input.version !== current.version) return stale;
    return refused(
      'INVALID_TRANSITION',
      `An appointment that is ${current.isActive ? current.status : 'INACTIVE'} cannot become ${changes.status ?? current.status}.`,
      ['id'],
    );
  }

  /** Whether the rule lets the viewer act on own appointments only, and this is another doctor's. */
  async function isAnotherDoctors(viewer: Viewer, rule: Rule, id: string): Promise<boolean> {
    if (mayAct(viewer, rule, null)) return false;
    const appointment = await load(id);
    return appointment !== null && !mayAct(viewer, rule, appointment.doctorId);
  }

  /** An emergency that becomes something else must be where that could have been booked. */
  async function staysInSchedule(id: string, type: AppointmentType): Promise<boolean> {
    const appointment = type === 'EMERGENCY' ? null : await load(id);
    if (appointment?.type !== 'EMERGENCY') return true;
    if (!movableStatuses.some((status) => status === appointment.status)) return true;
    const [calendar = null] = await schedules.findCalendars([appointment.doctorId], rangeOf(appointment));
    return findScheduleProblem(calendar, appointment) === null;
  }

  return {
    load,

    async update(viewer: Viewer, input: UpdateAppointmentInput): Promise<AppointmentOutcome> {
      const validated = validate(updateAppointmentInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const { id, version, ...changes } = validated.value;
      const { notes } = policy.fill.UpdateAppointmentInput;
      if (changes.notes !== undefined && (await isAnotherDoctors(viewer, notes, id))) return anotherDoctors;
      if (changes.type === undefined) return change({ id, version }, null, changes);
      if (!(await staysInSchedule(id, changes.type))) {
        return refused('OUTSIDE_SCHEDULE', "The time is not within the doctor's working hours.", ['type']);
      }
      // What was found holds for the version that was looked at, and nobody may move that one meanwhile.
      const current = await load(id);
      return change({ id, version: version ?? current?.version }, null, changes);
    },

    async confirm(input: Target): Promise<AppointmentOutcome> {
      return change(input, statusesBefore('CONFIRMED'), { status: 'CONFIRMED' });
    },

    async start(viewer: Viewer, input: Target): Promise<AppointmentOutcome> {
      const { startAppointment } = policy.mutate;
      if (await isAnotherDoctors(viewer, startAppointment, input.id)) return anotherDoctors;
      return change(input, statusesBefore('IN_PROGRESS'), { status: 'IN_PROGRESS' });
    },

    async complete(viewer: Viewer, input: Target): Promise<AppointmentOutcome> {
      const { completeAppointment } = policy.mutate;
      if (await isAnotherDoctors(viewer, completeAppointment, input.id)) return anotherDoctors;
      return change(input, statusesBefore('COMPLETED'), { status: 'COMPLETED' });
    },

    async cancel(input: Target): Promise<AppointmentOutcome> {
      return change(input, statusesBefore('CANCELLED'), { status: 'CANCELLED' });
    },

    async markNoShow(input: Target): Promise<AppointmentOutcome> {
      return change(input, statusesBefore('NO_SHOW'), { status: 'NO_SHOW' });
    },
  };
}

const anotherDoctors = refused('FORBIDDEN', 'This is the appointment of another doctor.', ['id']);
