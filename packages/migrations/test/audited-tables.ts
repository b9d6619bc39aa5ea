import type { Service } from '../src/index.js';

/** One record of a table, and a change of it. All of its texts hold the word "Zebulon". */
export interface AuditedTable {
  readonly service: Service;
  readonly table: string;
  /** Writes what the record refers to. */
  readonly before?: string;
  /** Columns and values of the record, as SQL. */
  readonly record: Readonly<Record<string, string>>;
  /** The columns that the update sets, and what to. */
  readonly change: Readonly<Record<string, string>>;
  /** How the trail names the record. */
  readonly key: string;
  /** Whom the trail says it is about. */
  readonly patientIds: readonly number[];
}

const user = {
  id: '7',
  email: `'zebulon@clinic.example'`,
  password_hash: `'Zebulon'`,
  first_name: `'Zebulon'`,
  last_name: `'Zebulon'`,
  role: `'nurse'`,
};
const session = {
  id: `'00000000-0000-4000-8000-000000000001'`,
  user_id: '7',
  expires_at: `'2031-01-01'`,
  renewable_until: `'2031-01-01'`,
  user_agent: `'Zebulon'`,
};
const patient = {
  id: '41',
  first_name: `'Zebulon'`,
  last_name: `'Zebulon'`,
  date_of_birth: `'1980-01-01'`,
  gender: `'other'`,
  phone: `'Zebulon'`,
  email: `'zebulon@example.org'`,
  allergies: `'Zebulon'`,
  created_by: '1',
};
const careTeamMember = { patient_id: '41', user_id: '7', added_by: '1' };
const appointment = {
  id: '9',
  patient_id: '41',
  doctor_id: '2',
  date_time: `'2031-01-01 09:00'`,
  duration: '30',
  type: `'consultation'`,
  status: `'scheduled'`,
  reason: `'Zebulon'`,
  notes: `'Zebulon'`,
  created_by: '1',
};
const dataKey = { id: `'k1'`, wrapped_key: `'Zebulon'`, master_key_id: `'Zebulon'` };

/** The SQL that adds a record. */
export function insertInto(table: string, record: Readonly<Record<string, string>>): string {
  return `INSERT INTO ${table} (${Object.keys(record).join()}) VALUES (${Object.values(record).join()})`;
}

/** Every table of every service whose changes the trail has. */
export const auditedTables: readonly AuditedTable[] = [
  {
    ...{ service: 'users', table: 'users', record: user, key: '7', patientIds: [] },
    change: { role: `'doctor'`, email: `'zebulon@example.org'` },
  },
  {
    ...{ service: 'users', table: 'sessions', record: session, patientIds: [] },
    before: insertInto('users', user),
    change: { end_reason: `'Zebulon'`, ended_at: `'2030-01-01'` },
    key: '00000000-0000-4000-8000-000000000001',
  },
  {
    ...{ service: 'users', table: 'refresh_tokens', patientIds: [] },
    before: `${insertInto('users', user)}; ${insertInto('sessions', session)}`,
    record: { token_hash: `sha256('Zebulon')`, session_id: session.id, expires_at: `'2031-01-01'` },
    change: { successor_salt: `'Zebulon'` },
    key: '00000000-0000-4000-8000-000000000001:e3194974c72de3ea',
  },
  {
    ...{ service: 'users', table: 'login_devices', patientIds: [] },
    before: insertInto('users', user),
    record: { token_hash: `sha256('Zebulon')`, user_id: '7' },
    change: { last_used_at: `'2031-01-01'` },
    key: '7:e3194974c72de3ea',
  },
  {
    ...{ service: 'patients', table: 'patients', record: patient, key: '41', patientIds: [41] },
    change: { medications: `'Zebulon'`, allergies: 'NULL' },
  },
  {
    ...{ service: 'patients', table: 'care_team_members', record: careTeamMember, patientIds: [41] },
    before: insertInto('patients', patient),
    change: { added_by: '2' },
    key: '41:7',
  },
  {
    ...{ service: 'patients', table: 'patient_restrictions', patientIds: [41] },
    before: `${insertInto('patients', patient)}; ${insertInto('care_team_members', careTeamMember)}`,
    record: {
      ...{ patient_id: '41', reason: `'Zebulon'`, restricted_by: '1' },
      restricted_at: `'2030-01-01 12:00'`,
    },
    change: { lifted_by: '1', lifted_at: `'2031-01-01'` },
    key: '41:2030-01-01 12:00:00',
  },
  {
    ...{ service: 'patients', table: 'data_keys', record: dataKey, key: 'k1', patientIds: [] },
    change: { retired_at: `'2031-01-01'` },
  },
  {
    ...{ service: 'appointments', table: 'appointments', record: appointment, key: '9', patientIds: [41] },
    change: { status: `'confirmed'`, notes: `'Zebulon again'` },
  },
  {
    ...{ service: 'appointments', table: 'doctor_schedules', key: '3', patientIds: [] },
    record: {
      ...{ id: '3', doctor_id: '2', day_of_week: '1', start_time: `'09:00'`, end_time: `'17:00'` },
    },
    change: { end_time: `'18:00'` },
  },
  {
    ...{ service: 'appointments', table: 'doctor_calendars', key: '2', patientIds: [] },
    record: { doctor_id: '2', time_zone: `'Zebulon/Zebulon'` },
    change: { time_zone: `'Europe/Vienna'` },
  },
  {
    ...{ service: 'appointments', table: 'schedule_exceptions', key: '5', patientIds: [] },
    record: {
      ...{ id: '5', kind: `'time-off'`, doctor_id: '2', first_date: `'2031-01-01'` },
      ...{ last_date: `'2031-01-02'`, reason: `'Zebulon'`, created_by: '1' },
    },
    change: { reason: `'Zebulon again'` },
  },
  {
    ...{ service: 'appointments', table: 'booking_requests', key: '9', patientIds: [] },
    before: insertInto('appointments', appointment),
    record: {
      ...{ created_by: '1', idempotency_key: `'Zebulon'`, request_digest: `'Zebulon'` },
      appointment_id: '9',
    },
    change: { request_digest: `'Zebulon again'` },
  },
  {
    ...{ service: 'appointments', table: 'appointment_transitions', key: '9', patientIds: [] },
    before: insertInto('appointments', appointment),
    record: {
      ...{ id: '1', appointment_id: '9', from_status: `'scheduled'`, to_status: `'cancelled'` },
      reason: `'Zebulon'`,
    },
    change: { reason: `'Zebulon again'` },
  },
  {
    ...{ service: 'appointments', table: 'slot_holds', key: '5', patientIds: [] },
    record: {
      ...{ id: '5', doctor_id: '2', date_time: `'2031-01-01 09:00'`, duration: '30', type: `'consultation'` },
      ...{ created_by: '1', created_at: `'2030-01-01 12:00'`, expires_at: `'2030-01-01 12:10'` },
    },
    change: { expires_at: `'2030-01-01 12:20'` },
  },
  {
    ...{ service: 'appointments', table: 'appointment_type_rules', key: 'procedure', patientIds: [] },
    record: { type: `'procedure'`, buffer_before: '15', buffer_after: '10', minimum_notice: '0' },
    change: { minimum_notice: '60' },
  },
  {
    ...{ service: 'appointments', table: 'data_keys', record: dataKey, key: 'k1', patientIds: [] },
    change: { retired_at: `'2031-01-01'` },
  },
];
