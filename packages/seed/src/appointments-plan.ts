import { activePatients } from './patient-rota.js';
import { dayLength } from './table-rows.js';
import { stretches, type Stretch, type WorkingDoctor } from './working-week.js';

/** Which appointments to make. All instants are midnights in UTC, in milliseconds since 1970. */
export interface AppointmentsPlan {
  readonly seed: string;
  /** What is before has happened. */
  readonly today: number;
  readonly firstDay: number;
  readonly days: number;
  readonly count: number;
  readonly doctors: readonly WorkingDoctor[];
  /** The ids of the patients are `firstId`, `firstId + 1` and so on. */
  readonly patients: { readonly firstId: number; readonly count: number };
  /** Users who book. */
  readonly creatorIds: readonly number[];
}

/** What one doctor does on one day. */
export interface DoctorDay {
  readonly doctorId: number;
  /** Midnight in UTC. */
  readonly day: number;
  readonly stretches: readonly Stretch[];
  /** How many appointments, at most one for each slot. */
  readonly appointments: number;
}

/** More was asked for than fits; the message says what, and what to change. */
export class DataSizeError extends Error {
  override readonly name = 'DataSizeError';
}

/**
 * Spreads the appointments evenly over the working time of all doctors, day by day.
 *
 * @throws DataSizeError when the doctors have not so much time, or a day has more appointments than patients
 */
export function doctorDays(plan: AppointmentsPlan): DoctorDay[] {
  const working = workingDays(plan);
  const slots = working.reduce((sum, day) => sum + slotsOf(day), 0);
  if (plan.count > slots) {
    throw new DataSizeError(
      `${format(plan.count)} appointments do not fit: the doctors (${format(plan.doctors.length)}) have time for ` +
        `${format(slots)} in ${format(plan.days)} days. Ask for fewer --appointments, more --doctors or more --days.`,
    );
  }
  let before = 0;
  const share = (upTo: number): number => Math.floor((plan.count * upTo) / slots);
  const days = working.map((day) => {
    const until = before + slotsOf(day);
    const appointments = share(until) - share(before);
    before = until;
    return { ...day, appointments };
  });
  requireEnoughPatients(plan, days);
  return days;
}

function workingDays({ doctors, firstDay, days }: AppointmentsPlan): Omit<DoctorDay, 'appointments'>[] {
  const dates = Array.from({ length: days }, (_, index) => firstDay + index * dayLength);
  return dates.flatMap((day) =>
    doctors.flatMap(({ id, week }) => {
      const worked = stretches(week[new Date(day).getUTCDay()] ?? null);
      return worked.length === 0 ? [] : [{ doctorId: id, day, stretches: worked }];
    }),
  );
}

function requireEnoughPatients({ patients }: AppointmentsPlan, days: readonly DoctorDay[]): void {
  const perDay = new Map<number, number>();
  for (const { day, appointments } of days) perDay.set(day, (perDay.get(day) ?? 0) + appointments);
  const most = Math.max(0, ...perDay.values());
  const active = activePatients(patients.count);
  if (most <= active) return;
  throw new DataSizeError(
    `There would be ${format(most)} appointments on one day, but there are ${format(active)} active patients, of ` +
      `whom none comes twice a day. Ask for fewer --appointments, more --patients or more --days.`,
  );
}

function slotsOf(day: Pick<DoctorDay, 'stretches'>): number {
  return day.stretches.reduce((sum, { slots }) => sum + slots, 0);
}

function format(number: number): string {
  return number.toLocaleString('en');
}
