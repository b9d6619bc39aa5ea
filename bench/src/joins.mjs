const age = `extract(year FROM age(p.date_of_birth))::integer`;
const doctorName = `u.first_name || ' ' || u.last_name`;
const patientName = `p.first_name || ' ' || p.last_name`;

/**
 * The statements that one would write by hand if all tables were in one database, nobody had to be authorized
 * and nothing had to be GraphQL.
 *
 * @type {Record<'doctorsDay' | 'patientPage' | 'search', import('./scenarios.mjs').Join>}
 */
export const joins = {
  doctorsDay: {
    sql: `
      SELECT a.id, a.date_time, a.date_time + a.duration * interval '1 minute' AS ends_at, a.type, a.status, a.reason,
             p.id AS patient_id, ${patientName} AS patient_name, ${age} AS age, p.allergies,
             u.id AS doctor_id, ${doctorName} AS doctor_name
      FROM appointments a JOIN patients p ON p.id = a.patient_id JOIN users u ON u.id = a.doctor_id
      WHERE a.doctor_id = $1 AND a.date_time >= $2 AND a.is_active IS NOT FALSE
      ORDER BY a.date_time, a.id LIMIT 50`,
    values: ({ doctorId, from }) => [doctorId, from],
    rowsOf: ({ appointments }) =>
      appointments.edges.map((/** @type {any} */ { node }) => [
        node.id,
        node.patient.fullName,
        node.patient.age,
        node.patient.allergies,
        node.doctor.fullName,
      ]),
    rowOf: (row) => [String(row.id), row.patient_name, row.age, row.allergies, row.doctor_name],
  },
  patientPage: {
    sql: `
      SELECT p.id AS patient_id, ${patientName} AS patient_name, p.date_of_birth, ${age} AS age, p.gender, p.phone,
             p.email, p.address, p.city, p.state, p.zip_code, p.insurance, p.policy_number, p.emergency_contact_name,
             p.emergency_contact_phone, p.emergency_contact_relationship, p.medical_history, p.allergies, p.medications,
             a.id, a.date_time, a.date_time + a.duration * interval '1 minute' AS ends_at, a.type, a.status, a.reason,
             a.notes, u.id AS doctor_id, ${doctorName} AS doctor_name
      FROM patients p JOIN appointments a ON a.patient_id = p.id JOIN users u ON u.id = a.doctor_id
      WHERE p.id = $1 AND a.date_time >= $2 AND a.is_active IS NOT FALSE
      ORDER BY a.date_time, a.id LIMIT 20`,
    values: ({ id, from }) => [id, from],
    rowsOf: ({ patient }) =>
      patient.appointments.edges.map((/** @type {any} */ { node }) => [
        node.id,
        patient.fullName,
        patient.age,
        patient.medications,
        node.doctor.fullName,
      ]),
    rowOf: (row) => [String(row.id), row.patient_name, row.age, row.medications, row.doctor_name],
  },
  search: {
    sql: `
      SELECT * FROM (
        SELECT p.id, ${patientName} AS patient_name, p.first_name, p.last_name, p.date_of_birth, ${age} AS age,
               p.gender, p.phone, p.email,
               CASE
                 WHEN search_vector @@ (SELECT search_query($1, false)) THEN CASE
                   WHEN NOT ts_filter(search_vector, '{a}') @@ (SELECT search_query($1, false)) THEN 2
                   WHEN strip(ts_filter(search_vector, '{a}')) = (SELECT strip(search_lexemes($1)))
                     AND btrim(search_text(${patientName})) = (SELECT btrim(search_text($1))) THEN 0
                   ELSE 1 END
                 WHEN ts_filter(search_vector, '{a}') @@ (SELECT search_query($1, true)) THEN 3
                 ELSE 4 END AS rank
        FROM patients p
        WHERE search_vector @@ (SELECT search_query($1, true)) AND is_active IS NOT FALSE
      ) AS matches
      ORDER BY rank, last_name, first_name, id LIMIT 20`,
    values: ({ search }) => [search],
    rowsOf: ({ patients }) =>
      patients.edges.map((/** @type {any} */ { node }) => [node.id, node.fullName, node.age, node.email]),
    rowOf: (row) => [String(row.id), row.patient_name, row.age, row.email],
  },
};
