import { mayAct } from '@caregraph/access-policy';
import type { Viewer } from '@caregraph/service-kit';
import { Temporal } from 'temporal-polyfill';
import { refused, stale, type Appointment, type AppointmentOutcome } from './appointment.js';
import { transitions, type TimeRule, type Transition } from './appointment-status.js';
import type { AppointmentStatus } from './generated/graphql.js';

/** Where an appointment is to go, and the version that this is based on (null: whatever it is). */
export interface Step {
  readonly to: AppointmentStatus;
  readonly version: number | null;
}

/** What the time rules are about. */
export interface Moments {
  readonly now: Date;
  /** When the appointment was started; null where nobody knows. */
  readonly startedAt: Date | null;
  /** The IANA name of the doctor's time zone. */
  readonly timeZone: string;
}

/** The transition that the viewer may make of this appointment, whatever the time is; or why there is none. */
export function findTransition(
  viewer: Viewer,
  { status, isActive, version, doctorId }: Pick<Appointment, 'status' | 'isActive' | 'version' | 'doctorId'>,
  step: Step,
): Transition | AppointmentOutcome {
  const isFor = ({ may }: Transition): boolean => mayAct(viewer, may, doctorId);
  const towards = transitions.filter(({ to }) => to === step.to);
  if (!towards.some(isFor)) return refused('FORBIDDEN', 'This is the appointment of another doctor.', ['id']);
  if (step.version !== null && step.version !== version) return stale;
  const transition = isActive ? towards.find(({ from }) => from === status) : undefined;
  if (transition === undefined) {
    const message = `An appointment that is ${isActive ? status : 'INACTIVE'} cannot become ${step.to}.`;
    return refused('INVALID_TRANSITION', message, ['id']);
  }
  if (isFor(transition)) return transition;
  return refused('FORBIDDEN', `Your role may not make ${step.to} of what is ${status}.`, ['id']);
}

/** Why it is too early for a transition; null when it is not. */
export function findPrematurity(
  when: TimeRule,
  { dateTime }: Pick<Appointment, 'dateTime'>,
  { now, startedAt, timeZone }: Moments,
): AppointmentOutcome | null {
  const unless = (earliest: number, message: string): AppointmentOutcome | null =>
    now.getTime() >= earliest ? null : refused('TOO_EARLY', message, ['id']);
  switch (when) {
    case 'any-time':
      return null;
    case 'once-due':
      return unless(dateTime.getTime(), 'The appointment has not begun yet.');
    case 'from-its-day-on':
      return unless(beginningOfDay(dateTime, timeZone), 'The day of the appointment has not come yet.');
    case 'once-started':
      return unless(startedAt?.getTime() ?? -Infinity, 'The appointment has been started at a later time.');
  }
}

/** When the local day of an instant begins: at the first hour that the clocks show on it. */
function beginningOfDay(instant: Date, timeZone: string): number {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone).startOfDay()
    .epochMilliseconds;
}
