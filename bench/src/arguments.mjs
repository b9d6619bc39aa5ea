import { randomUUID } from 'node:crypto';
import { farOff } from './databases.mjs';

/** How many different arguments a scenario has; more than anything keeps in a cache by accident. */
const variety = 2_000;
/** How many bookings there are arguments for. */
const mostBookings = 200_000;

/** An instant as GraphQL takes it. @param {string} column */
const instant = (column) => `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;

/**
 * Mornings of doctors after which at least fifty appointments follow.
 *
 * @param {import('pg').Pool} joined
 */
export async function doctorDays(joined) {
  const { rows } = await joined.query(
    `SELECT doctor_id::text AS "doctorId", ${instant('day')} AS "from"
     FROM (
       SELECT doctor_id, date_trunc('day', date_time) AS day,
              row_number() OVER (PARTITION BY doctor_id ORDER BY date_time DESC) AS following
       FROM appointments
     ) AS numbered
     GROUP BY doctor_id, day HAVING max(following) >= 50
     ORDER BY md5(doctor_id || ' ' || day) LIMIT $1`,
    [variety],
  );
  return rows;
}

/**
 * Patients who have at least twenty appointments, and when the twentieth from the last one is.
 *
 * @param {import('pg').Pool} joined
 */
export async function patientPages(joined) {
  const { rows } = await joined.query(
    `SELECT patient_id::text AS id, ${instant('(array_agg(date_time ORDER BY date_time DESC))[20]')} AS "from"
     FROM appointments GROUP BY patient_id HAVING count(*) >= 20
     ORDER BY md5(patient_id::text) LIMIT $1`,
    [variety],
  );
  return rows;
}

/**
 * What the front desk types: the beginning of a family name, half of the time after a given name.
 *
 * @param {import('pg').Pool} joined
 */
export async function searches(joined) {
  const { rows } = await joined.query(
    `SELECT CASE WHEN id % 2 = 0 THEN lower(first_name) || ' ' ELSE '' END || lower(left(last_name, 4)) AS search
     FROM patients WHERE is_active IS NOT FALSE ORDER BY md5(id::text) LIMIT $1`,
    [variety],
  );
  return rows;
}

/**
 * Free slots of a quarter of an hour on working days that are far off, each for another doctor than the last,
 * and patients who have nothing else at that time.
 *
 * @param {import('pg').Pool} joined
 */
export async function bookingArguments(joined) {
  const { rows: patients } = await joined.query(
    'SELECT id::text FROM patients WHERE is_active IS NOT FALSE ORDER BY id',
  );
  const { rows: doctors } = await joined.query(
    `SELECT doctor_id::text AS id, min(extract(hour FROM start_time))::integer AS hour
     FROM doctor_schedules GROUP BY doctor_id ORDER BY doctor_id`,
  );
  // Sixteen slots before the break, which begins after four hours, on each of five days.
  return Array.from({ length: mostBookings }, (_, index) => {
    const { id: doctorId, hour } = doctors[index % doctors.length];
    const slot = Math.floor(index / doctors.length);
    const day = Math.floor(slot / 16);
    const days = Math.floor(day / 5) * 7 + (day % 5);
    const start = Date.parse(farOff) + ((days * 24 + hour) * 60 + (slot % 16) * 15) * 60_000;
    return {
      input: {
        patientId: patients[index % patients.length].id,
        doctorId,
        dateTime: new Date(start).toISOString(),
        duration: 15,
        type: 'CONSULTATION',
        reason: 'Annual physical',
        idempotencyKey: randomUUID(),
      },
    };
  });
}
