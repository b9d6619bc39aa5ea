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
import type { UpdateAppointmentInput } from './generated/graphql.js';
import type { RetypingService } from './retyping-service.js';

/** The rules about appointments. One is made for each request: what it has read is remembered until the answer. */
export type AppointmentService = ReturnType<typeof createAppointmentService>;

/** Which appointment, and on which version of it the request is based. */
interface Target {
  readonly id: string;
  readonly version?: number | null | undefined;
}

interface Dependencies {
  readonly appointments: AppointmentRepository;
  readonly retyping: RetypingService;
}

export function createAppointmentService({ appointments, retyping }: Dependencies) {
  const byId = new DataLoader<number, Appointment | null>((ids) => appointments.findMany(ids));

  async function load(id: string): Promise<Appointment | null> {
    const key = parseId(id);
    return key === null ? null : byId.load(key);
  }

  /** Changes an appointment under its version. */
  async function change(input: Target, changes: AppointmentChanges): Promise<AppointmentOutcome> {
    const id = parseId(input.id);
    if (id === null) return notFound;
    byId.clear(id);
    const appointment = await appointments.update(id, input.version ?? null, changes);
    if (appointment !== null) return { appointment, userErrors: [] };
    return (await load(input.id)) === null ? notFound : stale;
  }

  /** Whether the rule lets the viewer act on own appointments only, and this is another doctor's. */
  async function isAnotherDoctors(viewer: Viewer, rule: Rule, id: string): Promise<boolean> {
    if (mayAct(viewer, rule, null)) return false;
    const appointment = await load(id);
    return appointment !== null && !mayAct(viewer, rule, appointment.doctorId);
  }

  return {
    load,

    async update(viewer: Viewer, input: UpdateAppointmentInput): Promise<AppointmentOutcome> {
      const validated = validate(updateAppointmentInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const { id, version, ...changes } = validated.value;
      const { notes } = policy.fill.UpdateAppointmentInput;
      if (changes.notes !== undefined && (await isAnotherDoctors(viewer, notes, id))) return anotherDoctors;
      if (changes.type === undefined) return change({ id, version }, changes);
      const known = await load(id);
      if (known === null) return notFound;
      byId.clear(known.id);
      return retyping.retype(known, version, { ...changes, type: changes.type });
    },
  };
}

const anotherDoctors = refused('FORBIDDEN', 'This is the appointment of another doctor.', ['id']);
