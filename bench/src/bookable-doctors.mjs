import { withClient } from './databases.mjs';

/** How many doctors are booked side by side. */
const count = 1_000;
const domain = 'booking.bench.example';

/**
 * Does something with the ids of a thousand doctors, who exist for that long: the data that is measured otherwise has
 * fewer. Emergencies need no schedule.
 *
 * @template Result
 * @param {string} superuserUrl for the database of the users service
 * @param {(doctors: readonly number[]) => Promise<Result>} work
 * @returns {Promise<Result>}
 */
export async function withBookableDoctors(superuserUrl, work) {
  const remove = () =>
    withClient(superuserUrl, (client) =>
      client.query('DELETE FROM users WHERE email LIKE $1', [`%@${domain}`]),
    );
  // A run that was killed has left them.
  await remove();
  const doctors = await withClient(superuserUrl, async (client) => {
    const { rows } = await client.query(
      `INSERT INTO users (email, password_hash, first_name, last_name, role)
       SELECT number || '@' || $1, '-', 'Bookable', 'Doctor ' || number, 'doctor'
       FROM generate_series(1, $2::integer) AS number RETURNING id`,
      [domain, count],
    );
    return rows.map(({ id }) => Number(id));
  });
  try {
    return await work(doctors);
  } finally {
    await remove();
  }
}
