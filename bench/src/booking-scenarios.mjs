import pg from 'pg';
import { farOff } from './databases.mjs';

/**
 * Who is booked, and when: each index stands for one booking.
 *
 * @typedef {object} BookingScenario
 * @property {string} name
 * @property {(send: (body: string) => Promise<string>) => (index: number) => Promise<void>} overGraphql
 * @property {(pool: import('pg').Pool) => (index: number) => Promise<void>} byInsert
 *
 * @typedef {object} Booking
 * @property {number} patientId
 * @property {number} doctorId
 * @property {Date} dateTime
 */

/** How many want the same time. */
const rivals = 16;

const query = `mutation Book($input: BookAppointmentInput!) {
  bookAppointment(input: $input) {
    appointment { id dateTime endsAt status version patient { id } doctor { id } }
    userErrors { code message field }
  }
}`;

/**
 * Emergencies of a quarter of an hour, one after the other from a far-off day on, with one doctor or with all of them
 * side by side: times that are all free, or that each are wanted by several.
 *
 * @param {import('pg').Pool} joined
 * @param {readonly number[]} doctors
 * @returns {Promise<BookingScenario[]>}
 */
export async function createBookingScenarios(joined, doctors) {
  const { rows } = await joined.query('SELECT id FROM patients WHERE is_active IS NOT FALSE ORDER BY id');
  /** @type {readonly number[]} */
  const patients = rows.map(({ id }) => id);
  // Nobody is with two doctors at a time.
  const bookable = doctors.slice(0, patients.length);
  /** @param {number} index @param {number} doctor @param {number} slot */
  const booking = (index, doctor, slot) => ({
    patientId: patients[index % patients.length] ?? 0,
    doctorId: bookable[doctor] ?? 0,
    dateTime: new Date(Date.parse(farOff) + slot * 15 * 60_000),
  });
  const count = bookable.length;
  return [
    scenario('one doctor, free slots', (index) => booking(index, 0, index), false),
    scenario(
      `one doctor, each slot wanted by ${rivals}`,
      (index) => booking(index, 0, Math.floor(index / rivals)),
      true,
    ),
    scenario(
      `${count.toLocaleString('en')} doctors, free slots`,
      (index) => booking(index, index % count, Math.floor(index / count)),
      false,
    ),
  ];
}

/**
 * @param {string} name
 * @param {(index: number) => Booking} bookingAt
 * @param {boolean} isContested whether the time may be taken
 * @returns {BookingScenario}
 */
function scenario(name, bookingAt, isContested) {
  return {
    name,
    overGraphql: (send) => async (index) => {
      const { patientId, doctorId, dateTime } = bookingAt(index);
      const participants = { patientId: String(patientId), doctorId: String(doctorId) };
      const input = { ...participants, dateTime, duration: 15, type: 'EMERGENCY', reason: 'Chest pain' };
      const answer = await send(JSON.stringify({ query, variables: { input } }));
      const isRight =
        answer.includes('"userErrors":[]') || (isContested && answer.includes('"code":"SLOT_TAKEN"'));
      if (!isRight) throw new Error(`A wrong answer for "${name}": ${answer.slice(0, 2_000)}`);
    },
    byInsert: (pool) => async (index) => {
      const { patientId, doctorId, dateTime } = bookingAt(index);
      try {
        await pool.query({
          name: 'book',
          text: `INSERT INTO appointments (patient_id, doctor_id, date_time, duration, type, status, reason, created_by)
            VALUES ($1, $2, $3::timestamptz AT TIME ZONE 'UTC', 15, 'emergency', 'scheduled', 'Chest pain', 1)
            RETURNING id`,
          values: [patientId, doctorId, dateTime.toISOString()],
        });
      } catch (error) {
        // An exclusion violation; or a deadlock, as which some of those end who wait for each other without a lock.
        const isTaken = error instanceof pg.DatabaseError && ['23P01', '40P01'].includes(error.code ?? '');
        if (!isContested || !isTaken) throw error;
      }
    },
  };
}
