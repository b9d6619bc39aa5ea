import type { Rule, TypeRules } from './rule.js';

/** Everyone, with or without an access token. */
const anyone: Rule = { allow: ['ANONYMOUS', 'ADMIN', 'DOCTOR', 'NURSE', 'STAFF', 'SERVICE'] };
/** Everyone who has logged in, and the services. */
const signedIn: Rule = { allow: ['ADMIN', 'DOCTOR', 'NURSE', 'STAFF', 'SERVICE'] };
/** Every user, but no service: services have no session and do not book. */
const users: Rule = { allow: ['ADMIN', 'DOCTOR', 'NURSE', 'STAFF'] };
const administrators: Rule = { allow: ['ADMIN'] };
/** Account data: for administrators, and for the user whose account it is. */
const ownAccount: Rule = { allow: ['ADMIN', 'SERVICE'], self: true };
/** Clinical content: for those who treat. */
const clinical: Rule = { allow: ['DOCTOR', 'NURSE'] };
/** Steps of a treatment: those who treat, and administrators, who mend records. */
const treatment: Rule = { allow: ['ADMIN', 'DOCTOR', 'NURSE'] };
/** A doctor's week: the front desk and administrators; a doctor the own one only (checked with the record). */
const schedules: Rule = { allow: ['ADMIN', 'STAFF', 'DOCTOR'] };

/**
 * Who may see and do what: the one table, by type and field, of objects and of inputs. What it does not name is
 * denied. Which records somebody sees (a doctor the own schedule, a nurse no administrators) is decided where the
 * records are read.
 */
export const policy: Readonly<Record<string, TypeRules>> = {
  Query: {
    ...fields(users, 'me', 'user', 'users'),
    ...fields(users, 'patient', 'patients'),
    ...fields(users, 'appointment', 'appointments', 'availableSlots'),
    ...fields(signedIn, '_entities', '_service'),
  },
  Mutation: {
    ...fields(anyone, 'login', 'refreshSession'),
    ...fields(users, 'logout', 'changePassword'),
    ...fields(
      administrators,
      'createUser',
      'updateUser',
      'resetPassword',
      'deactivateUser',
      'reactivateUser',
    ),
    ...fields(users, 'createPatient', 'updatePatient', 'deactivatePatient', 'reactivatePatient'),
    ...fields(users, 'bookAppointment', 'updateAppointment', 'rescheduleAppointment', 'confirmAppointment'),
    ...fields(users, 'cancelAppointment', 'markAppointmentNoShow'),
    ...fields(treatment, 'startAppointment', 'completeAppointment'),
    ...fields(schedules, 'setDoctorSchedule'),
  },
  User: {
    ...fields(signedIn, 'id', 'firstName', 'lastName', 'fullName', 'role', 'isActive'),
    ...fields(ownAccount, 'email', 'version', 'createdAt', 'updatedAt'),
    ...fields(signedIn, 'schedule', 'appointments'),
  },
  Session: fields(anyone, 'accessToken', 'refreshToken', 'expiresAt', 'user'),
  Patient: {
    ...fields(
      signedIn,
      'id',
      'firstName',
      'lastName',
      'fullName',
      'dateOfBirth',
      'age',
      'gender',
      'phone',
      'email',
    ),
    ...fields(signedIn, 'address', 'insurance', 'emergencyContact'),
    ...fields(clinical, 'medicalHistory', 'allergies', 'medications'),
    ...fields(signedIn, 'isActive', 'version', 'createdAt', 'updatedAt', 'createdBy', 'appointments'),
  },
  Address: fields(signedIn, 'line', 'city', 'state', 'zipCode'),
  Insurance: fields(signedIn, 'provider', 'policyNumber'),
  EmergencyContact: fields(signedIn, 'name', 'phone', 'relationship'),
  Appointment: {
    ...fields(
      signedIn,
      'id',
      'patient',
      'doctor',
      'dateTime',
      'endsAt',
      'duration',
      'type',
      'status',
      'reason',
    ),
    ...fields(clinical, 'notes'),
    ...fields(signedIn, 'isActive', 'version', 'createdAt', 'updatedAt', 'createdBy'),
  },
  DoctorSchedule: {
    ...fields(signedIn, 'id', 'dayOfWeek', 'startTime', 'endTime', 'breakStart', 'breakEnd'),
    ...fields(signedIn, 'isAvailable', 'timeZone'),
  },
  Slot: fields(signedIn, 'startsAt', 'endsAt'),
  PageInfo: fields(signedIn, 'startCursor', 'endCursor', 'hasNextPage', 'hasPreviousPage'),
  ...connection('User'),
  ...connection('Patient'),
  ...connection('Appointment'),
  _Service: fields(signedIn, 'sdl'),
  ...serviceError('User'),
  ...serviceError('Patient'),
  ...serviceError('Appointment'),
  ...payloads('session', 'Login', 'RefreshSession'),
  LogoutPayload: fields(anyone, 'userErrors'),
  ...payloads('user', 'CreateUser', 'UpdateUser', 'ChangePassword', 'ResetPassword'),
  ...payloads('user', 'DeactivateUser', 'ReactivateUser'),
  ...payloads('patient', 'CreatePatient', 'UpdatePatient', 'DeactivatePatient', 'ReactivatePatient'),
  ...payloads(
    'appointment',
    'BookAppointment',
    'UpdateAppointment',
    'RescheduleAppointment',
    'ConfirmAppointment',
  ),
  ...payloads('appointment', 'StartAppointment', 'CompleteAppointment', 'CancelAppointment'),
  ...payloads('appointment', 'MarkAppointmentNoShow'),
  ...payloads('doctor', 'SetDoctorSchedule'),
};

/**
 * Input fields that not everyone who may run the mutation may fill in. An input field that is not named here
 * follows its mutation.
 */
export const inputPolicy: Readonly<Record<string, TypeRules>> = {
  CreatePatientInput: fields(clinical, 'medicalHistory', 'allergies', 'medications'),
  UpdatePatientInput: fields(clinical, 'medicalHistory', 'allergies', 'medications'),
  BookAppointmentInput: fields(clinical, 'notes'),
  UpdateAppointmentInput: fields(clinical, 'notes'),
};

function fields(rule: Rule, ...names: readonly string[]): TypeRules {
  return Object.fromEntries(names.map((name) => [name, rule]));
}

function connection(node: string): Record<string, TypeRules> {
  return {
    [`${node}Edge`]: fields(signedIn, 'node', 'cursor'),
    [`${node}Connection`]: fields(signedIn, 'edges', 'pageInfo', 'totalCount'),
  };
}

function serviceError(service: string): Record<string, TypeRules> {
  return { [`${service}ServiceError`]: fields(anyone, 'code', 'message', 'field') };
}

/** What a mutation answers is for whoever may run it. */
function payloads(entity: string, ...mutations: readonly string[]): Record<string, TypeRules> {
  return Object.fromEntries(
    mutations.map((name) => [`${name}Payload`, fields(anyone, entity, 'userErrors')]),
  );
}
