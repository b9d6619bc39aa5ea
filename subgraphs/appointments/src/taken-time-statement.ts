import type { Appointment } from './appointment.js';
import { Prisma } from './generated/prisma/client.js';
import { heldRange, isLive, rangeWithBuffers, type BufferedTime } from './slot-hold-statement.js';
import type { Interval } from './interval.js';

/** As the exclusion constraints have it, word for word, so that their indexes serve. */
const occupies = Prisma.sql`is_active IS NOT FALSE AND status IN ('scheduled', 'confirmed', 'in-progress')`;
/** The time of an appointment with its buffers, and that of its patient: as in the constraints. */
const doctorsRange = heldRange;
const patientsRange = Prisma.sql`tsrange(date_time, date_time + duration * interval '1 minute', '[)')`;

/**
 * An expression that is true where an appointment of the doctor's overlaps this time. What an override exempts from the
 * constraint is not in its index, and is looked for in one of its own.
 */
export function doctorIsTaken(doctorId: number, time: BufferedTime): Prisma.Sql {
  const found = Prisma.sql`SELECT FROM appointments WHERE doctor_id = ${doctorId}::integer AND ${occupies}
    AND ${doctorsRange} && ${rangeWithBuffers(time)}`;
  return Prisma.sql`(EXISTS (${found} AND NOT overrides_doctor_overlap)
    OR EXISTS (${found} AND overrides_doctor_overlap))`;
}

/** The same for a patient, who has no buffers. */
export function patientIsTaken(
  patientId: number,
  { dateTime, duration }: Pick<Appointment, 'dateTime' | 'duration'>,
): Prisma.Sql {
  const found = Prisma.sql`SELECT FROM appointments WHERE patient_id = ${patientId}::integer AND ${occupies}
    AND ${patientsRange} && ${rangeWithBuffers({ dateTime, duration, bufferBefore: 0, bufferAfter: 0 })}`;
  return Prisma.sql`(EXISTS (${found} AND NOT overrides_patient_overlap)
    OR EXISTS (${found} AND overrides_patient_overlap))`;
}

/** A statement that finds when these doctors' time is taken or held within a range, buffers included. */
export function takenTimes(doctorIds: readonly number[], { start, end }: Interval): Prisma.Sql {
  const searched = Prisma.sql`tsrange(${new Date(start)}::timestamp, ${new Date(end)}::timestamp, '[)')`;
  const found = Prisma.sql`SELECT doctor_id, ${doctorsRange} FROM appointments
    WHERE doctor_id = doctor.id AND ${occupies} AND ${doctorsRange} && ${searched}`;
  return Prisma.sql`
    SELECT doctor.id AS "doctorId", lower(busy.taken) AS "startsAt", upper(busy.taken) AS "endsAt"
    FROM unnest(${[...doctorIds]}::integer[]) AS doctor (id)
    CROSS JOIN LATERAL (
      ${found} AND NOT overrides_doctor_overlap
      UNION ALL ${found} AND overrides_doctor_overlap
      UNION ALL SELECT doctor_id, ${heldRange} FROM slot_holds
        WHERE doctor_id = doctor.id AND ${isLive} AND ${heldRange} && ${searched}
    ) AS busy (doctor_id, taken)`;
}
