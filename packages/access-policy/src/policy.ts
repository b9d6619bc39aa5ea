import {
  administrators,
  anyone,
  attendanceKeepers,
  careTeam,
  clinicians,
  everyRole,
  everyRoleAndAppointments,
  everyRoleAndServices,
  gateway,
  ownAccount,
  restrictions,
  restrictors,
  treatment,
  workingWeek,
} from './actors.js';
import { fill } from './input-policy.js';
import { fields, type FieldRules, type Rule } from './rule.js';

/** The shape of the table: for each action, what it can be done to, and who may. What is not named is denied. */
export interface Policy {
  /** Queries that somebody may run; which records they find is said under `find`. */
  readonly query: FieldRules;
  /** Mutations that somebody may run; `own`: the service asks `mayAct` once it knows whose record it is. */
  readonly mutate: FieldRules;
  /** Transitions between statuses that fewer may make than may run the mutation for it. */
  readonly transition: FieldRules;
  /** Kinds of records that somebody finds, where not every record is for all who may run the query. */
  readonly find: FieldRules;
  /** Fields of object types that somebody may read; `own` is decided with `owners`. */
  readonly read: Readonly<Record<string, FieldRules>>;
  /** Fields of input types that somebody may fill in, null included; `own` as with mutations. */
  readonly fill: Readonly<Record<string, FieldRules>>;
}

/** Who may do what: the one table of the platform, enforced inside each service by `enforcePolicy`. */
export const policy = {
  query: fields({
    'me user users sessions': everyRole,
    'patient patients': everyRole,
    'appointment appointments availableSlots nextAvailableSlots clinicHolidays': everyRole,
    appointmentTypeRules: everyRole,
    'usersAuditLog patientsAuditLog appointmentsAuditLog': administrators,
    _entities: everyRoleAndServices,
    _service: gateway,
  }),

  mutate: fields({
    'login refreshSession': anyone,
    'logout changePassword': everyRole,
    'revokeSession revokeAllSessions': ownAccount,
    'createUser updateUser resetPassword deactivateUser reactivateUser': administrators,
    'createPatient updatePatient deactivatePatient reactivatePatient': everyRole,
    'restrictPatient setCareTeam liftPatientRestriction': restrictors,
    'bookAppointment updateAppointment rescheduleAppointment confirmAppointment': everyRole,
    'cancelAppointment markAppointmentNoShow holdSlot releaseHold': everyRole,
    'startAppointment completeAppointment': treatment,
    'setDoctorSchedule addTimeOff addExtraHours removeScheduleException': workingWeek,
    'addClinicHoliday setAppointmentTypeRule': administrators,
  }),

  transition: fields({ cancelledToNoShow: attendanceKeepers }),

  find: fields({
    account: ownAccount,
    session: ownAccount,
    doctor: everyRole,
    patientRestriction: restrictions,
    restrictedPatient: careTeam,
  }),

  read: {
    User: fields({
      'id role isActive': everyRoleAndServices,
      'firstName lastName fullName': everyRole,
      'email version createdAt updatedAt': ownAccount,
      'schedule scheduleExceptions appointments': everyRole,
    }),
    UserSession: fields({
      'id user createdAt lastUsedAt expiresAt endedAt endReason address userAgent isCurrent': everyRole,
    }),
    Session: fields({ 'accessToken refreshToken deviceToken expiresAt user': anyone }),
    Patient: fields({
      'id isActive isRestricted careTeam': everyRoleAndAppointments,
      'firstName lastName fullName dateOfBirth age gender phone email': everyRole,
      'address insurance emergencyContact': everyRole,
      'medicalHistory allergies medications': clinicians,
      'version createdAt updatedAt createdBy appointments': everyRole,
      accessLog: administrators,
    }),
    Address: fields({ 'line city state zipCode': everyRole }),
    Insurance: fields({ 'provider policyNumber': everyRole }),
    EmergencyContact: fields({ 'name phone relationship': everyRole }),
    Appointment: fields({
      'id patient doctor dateTime endsAt duration type status reason override': everyRole,
      notes: clinicians,
      'isActive version createdAt updatedAt createdBy history': everyRole,
    }),
    AppointmentOverride: fields({ 'outsideSchedule doctorOverlap patientOverlap reason': everyRole }),
    AppointmentTypeRule: fields({ 'type bufferBefore bufferAfter minimumNotice': everyRole }),
    AppointmentTransition: fields({ 'from to at by reason': everyRole }),
    DoctorSchedule: fields({
      'id dayOfWeek startTime endTime breakStart breakEnd isAvailable timeZone': everyRole,
    }),
    ScheduleException: fields({
      'id kind doctor firstDate lastDate startTime endTime reason': everyRole,
    }),
    SlotHold: fields({ 'id doctor startsAt endsAt type expiresAt': everyRole }),
    Slot: fields({ 'doctor startsAt endsAt': everyRole }),
    PageInfo: fields({ 'startCursor endCursor hasNextPage hasPreviousPage': everyRole }),
    AuditEntry: fields({
      'id recordedAt action outcome recordType recordIds recordRanges recordCount': administrators,
      'patientIds patientRanges fields operation code actor requestId databaseRole sequence': administrators,
    }),
    AuditActor: fields({ 'kind user role name sessionId address userAgent': administrators }),
    ...connections(everyRole, 'User', 'UserSession', 'Patient', 'Appointment'),
    ...connections(administrators, 'AuditEntry'),
    _Service: fields({ sdl: gateway }),
    UserServiceError: fields({ 'code message field retryAfterSeconds': anyone }),
    ...serviceErrors('Patient', 'Appointment'),
    ...payloads('session', 'Login', 'RefreshSession'),
    LogoutPayload: fields({ userErrors: anyone }),
    ...payloads('userSession', 'RevokeSession'),
    ...payloads('revokedCount', 'RevokeAllSessions'),
    ...payloads('user', 'CreateUser', 'UpdateUser', 'ChangePassword', 'ResetPassword'),
    ...payloads('user', 'DeactivateUser', 'ReactivateUser'),
    ...payloads('patient', 'CreatePatient', 'UpdatePatient', 'DeactivatePatient', 'ReactivatePatient'),
    ...payloads('patient', 'RestrictPatient', 'SetCareTeam', 'LiftPatientRestriction'),
    ...payloads('appointment', 'BookAppointment', 'UpdateAppointment', 'RescheduleAppointment'),
    ...payloads('appointment', 'ConfirmAppointment', 'StartAppointment', 'CompleteAppointment'),
    ...payloads('appointment', 'CancelAppointment', 'MarkAppointmentNoShow'),
    ...payloads('slotHold', 'HoldSlot', 'ReleaseHold'),
    ...payloads('doctor', 'SetDoctorSchedule'),
    ...payloads('appointmentTypeRule', 'SetAppointmentTypeRule'),
    ...payloads('scheduleException affectedCount', 'AddTimeOff', 'AddClinicHoliday'),
    ...payloads('scheduleException', 'AddExtraHours', 'RemoveScheduleException'),
  },

  fill,
} satisfies Policy;

/** Whose a record is: the property that holds the owner's id, for each type with fields that are read as `own`. */
export const owners: Readonly<Record<string, string>> = { User: 'id' };

function connections(rule: Rule, ...nodes: readonly string[]): Record<string, FieldRules> {
  return Object.fromEntries(
    nodes.flatMap((node): [string, FieldRules][] => [
      [`${node}Edge`, fields({ 'node cursor': rule })],
      [`${node}Connection`, fields({ 'edges pageInfo totalCount': rule })],
    ]),
  );
}

/** Why a mutation was refused is for whoever may run one. */
function serviceErrors(...services: readonly string[]): Record<string, FieldRules> {
  return Object.fromEntries(
    services.map((service) => [`${service}ServiceError`, fields({ 'code message field': anyone })]),
  );
}

/** What a mutation answers is for whoever may run it; of the entity, each field has a rule of its own. */
function payloads(entity: string, ...mutations: readonly string[]): Record<string, FieldRules> {
  return Object.fromEntries(
    mutations.map((name) => [`${name}Payload`, fields({ [`${entity} userErrors`]: anyone })]),
  );
}
