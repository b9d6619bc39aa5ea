import { doctorDays, type AppointmentsPlan, type DoctorDay } from './appointments-plan.js';
import { randomNotes, randomReason, type AppointmentType } from './clinical-content.js';
import { createPatientRota } from './patient-rota.js';
import { createRandom, type Random } from './random.js';
import { dayLength, timestamp, type CopyValue, type TableRows } from './table-rows.js';
import { slotLength, type Stretch } from './working-week.js';

/** What `appointments.status` holds, but for what lasts only while it happens. */
export type AppointmentStatus = 'scheduled' | 'confirmed' | 'completed' | 'cancelled' | 'no-show';

/** An appointment before it becomes a row; instants in milliseconds since 1970. */
export interface AppointmentRecord {
  readonly patientId: number;
  readonly doctorId: number;
  readonly start: number;
  /** In minutes. */
  readonly duration: number;
  readonly type: AppointmentType;
  readonly status: AppointmentStatus;
  readonly reason: string;
  readonly notes: string | null;
  readonly createdAt: number;
  readonly createdBy: number;
}

/**
 * Appointments in working hours, day by day; the same ones for the same plan. Whatever their status is, no two
 * of a doctor overlap, and no patient has two on one day.
 *
 * @throws DataSizeError when there are more than fit
 */
export function appointmentRecords(plan: AppointmentsPlan): Iterable<AppointmentRecord> {
  return recordsOf(plan, doctorDays(plan));
}

/** The rows of `appointments` for these records, with ids from `firstId` on. */
export function appointmentRows(
  records: Iterable<AppointmentRecord>,
  count: number,
  firstId: number,
): TableRows {
  return {
    table: 'appointments',
    columns: [
      ...['id', 'patient_id', 'doctor_id', 'date_time', 'duration', 'type', 'status', 'reason', 'notes'],
      ...['is_active', 'created_at', 'updated_at', 'created_by'],
    ],
    count,
    rows: rowsOf(records, firstId),
  };
}

function* rowsOf(
  records: Iterable<AppointmentRecord>,
  firstId: number,
): Generator<readonly CopyValue[], void> {
  let id = firstId;
  for (const record of records) {
    const createdAt = timestamp(record.createdAt);
    const isOver = record.status === 'completed' || record.status === 'no-show';
    const updatedAt = isOver ? timestamp(record.start + record.duration * 60_000) : createdAt;
    yield [
      ...[id, record.patientId, record.doctorId, timestamp(record.start), record.duration],
      ...[record.type, record.status, record.reason, record.notes],
      ...[true, createdAt, updatedAt, record.createdBy],
    ];
    id += 1;
  }
}

function* recordsOf(plan: AppointmentsPlan, days: readonly DoctorDay[]): Generator<AppointmentRecord, void> {
  const random = createRandom(`${plan.seed}/appointments`);
  const rota = createPatientRota(random, plan.patients.count);
  let today: number | undefined;
  for (const day of days) {
    if (day.day !== today) rota.beginDay();
    today = day.day;
    for (const { start, duration } of appointmentTimes(random, day)) {
      const type = randomType(random, duration);
      const status = randomStatus(random, day.day - plan.today);
      const booked = Math.min(start, plan.today) - random.integer(60, 45 * 1440) * 60_000;
      yield {
        ...{ patientId: plan.patients.firstId + rota.next(), doctorId: day.doctorId },
        ...{ start, duration, type, status },
        reason: randomReason(random, type),
        notes: status === 'completed' && random.chance(0.6) ? randomNotes(random) : null,
        createdAt: booked,
        createdBy: random.pick(plan.creatorIds),
      };
    }
  }
}

/** The day's appointments, shared out among its stretches by their length. */
function* appointmentTimes(random: Random, day: DoctorDay): Generator<{ start: number; duration: number }> {
  const slots = day.stretches.reduce((sum, stretch) => sum + stretch.slots, 0);
  let before = 0;
  const share = (upTo: number): number => Math.ceil((day.appointments * upTo) / slots);
  for (const stretch of day.stretches) {
    const until = before + stretch.slots;
    for (const { slot, length } of fill(random, stretch, share(until) - share(before))) {
      yield {
        start: day.day + (stretch.start + slot * slotLength) * 60_000,
        duration: length * slotLength,
      };
    }
    before = until;
  }
}

/** One after the other, with what time is left over spent on longer ones and on pauses between them. */
function* fill(
  random: Random,
  { slots }: Stretch,
  number: number,
): Generator<{ slot: number; length: number }> {
  let slot = 0;
  let spare = slots - number;
  for (let left = number; left > 0; left -= 1) {
    const most = Math.ceil((spare * 1.5) / left);
    const pause = Math.min(random.integer(0, most), random.integer(0, 3), spare);
    const extra = Math.min(random.integer(0, most), random.pick([0, 1, 1, 1, 2, 3]), spare - pause);
    spare -= pause + extra;
    yield { slot: slot + pause, length: 1 + extra };
    slot += pause + extra + 1;
  }
}

function randomType(random: Random, duration: number): AppointmentType {
  return random.pickWeighted<AppointmentType>([
    ['consultation', duration === 30 ? 6 : 3],
    ['follow-up', duration <= 30 ? 3 : 1],
    ['procedure', duration >= 45 ? 5 : 1],
    ['emergency', 0.2],
  ]);
}

/** `distance`: how long after today's midnight the appointment's day begins, in milliseconds. */
function randomStatus(random: Random, distance: number): AppointmentStatus {
  if (distance < 0) {
    return random.pickWeighted<AppointmentStatus>([
      ['completed', 85],
      ['cancelled', 8],
      ['no-show', 7],
    ]);
  }
  return random.pickWeighted<AppointmentStatus>([
    ['confirmed', distance < dayLength ? 60 : 25],
    ['scheduled', distance < dayLength ? 25 : 67],
    ['cancelled', distance < dayLength ? 15 : 8],
  ]);
}
