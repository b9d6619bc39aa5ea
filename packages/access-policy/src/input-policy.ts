import {
  administrators,
  anyone,
  clinicians,
  doctorOverlaps,
  everyRole,
  ownAccount,
  patientOverlaps,
  restrictors,
  treatingClinicians,
  treatment,
  workingWeek,
} from './actors.js';
import { fields } from './rule.js';

/** A record and the version of it that a change is based on. */
const target = 'id version';
const demographics = 'firstName lastName dateOfBirth gender phone email address insurance emergencyContact';
const clinicalContent = 'medicalHistory allergies medications';

/** Who may fill in which field of an input: of an argument `input`, and of what is nested in it. */
export const fill = {
  LoginInput: fields({ 'email password deviceToken': anyone }),
  RefreshSessionInput: fields({ refreshToken: anyone }),
  LogoutInput: fields({ refreshToken: everyRole }),
  RevokeSessionInput: fields({ id: ownAccount }),
  RevokeAllSessionsInput: fields({ userId: ownAccount, keepCurrent: everyRole }),
  UserSessionFilter: fields({ isActive: everyRole }),
  ChangePasswordInput: fields({ 'currentPassword newPassword': everyRole }),
  UserFilter: fields({ 'role isActive search': everyRole }),
  CreateUserInput: fields({ 'email password firstName lastName role': administrators }),
  UpdateUserInput: fields({ [target]: administrators, 'email firstName lastName role': administrators }),
  ResetPasswordInput: fields({ [target]: administrators, newPassword: administrators }),
  DeactivateUserInput: fields({ [target]: administrators }),
  ReactivateUserInput: fields({ [target]: administrators }),

  AuditLogFilter: fields({
    'from to actions outcomes userId patientId recordType requestId': administrators,
  }),

  PatientFilter: fields({ 'isActive gender bornFrom bornTo phone email createdById': everyRole }),
  CreatePatientInput: fields({ [demographics]: everyRole, [clinicalContent]: clinicians }),
  UpdatePatientInput: fields({
    [target]: everyRole,
    [demographics]: everyRole,
    [clinicalContent]: clinicians,
  }),
  AddressInput: fields({ 'line city state zipCode': everyRole }),
  InsuranceInput: fields({ 'provider policyNumber': everyRole }),
  EmergencyContactInput: fields({ 'name phone relationship': everyRole }),
  DeactivatePatientInput: fields({ [target]: everyRole }),
  ReactivatePatientInput: fields({ [target]: everyRole }),
  RestrictPatientInput: fields({ [target]: restrictors, 'careTeam reason': restrictors }),
  SetCareTeamInput: fields({ [target]: restrictors, members: restrictors }),
  LiftPatientRestrictionInput: fields({ [target]: restrictors }),

  AppointmentFilter: fields({ 'doctorId patientId from to status type isActive': everyRole }),
  BookAppointmentInput: fields({
    'patientId doctorId dateTime duration type reason idempotencyKey holdId override': everyRole,
    notes: treatingClinicians,
  }),
  HoldSlotInput: fields({ 'doctorId dateTime duration type minutes': everyRole }),
  ReleaseHoldInput: fields({ id: everyRole }),
  BookingOverrideInput: fields({
    reason: everyRole,
    outsideSchedule: workingWeek,
    doctorOverlap: doctorOverlaps,
    patientOverlap: patientOverlaps,
  }),
  SetAppointmentTypeRuleInput: fields({ 'type bufferBefore bufferAfter minimumNotice': administrators }),
  UpdateAppointmentInput: fields({
    [target]: everyRole,
    'type reason': everyRole,
    notes: treatingClinicians,
  }),
  RescheduleAppointmentInput: fields({ [target]: everyRole, 'dateTime duration override': everyRole }),
  ConfirmAppointmentInput: fields({ [target]: everyRole, reason: everyRole }),
  StartAppointmentInput: fields({ [target]: treatment, reason: treatment }),
  CompleteAppointmentInput: fields({ [target]: treatment, reason: treatment }),
  CancelAppointmentInput: fields({ [target]: everyRole, reason: everyRole }),
  MarkAppointmentNoShowInput: fields({ [target]: everyRole, reason: everyRole }),
  SetDoctorScheduleInput: fields({ 'doctorId timeZone days': workingWeek }),
  DoctorScheduleDayInput: fields({
    'dayOfWeek startTime endTime breakStart breakEnd isAvailable': workingWeek,
  }),
  AddTimeOffInput: fields({ 'doctorId firstDate lastDate startTime endTime reason': workingWeek }),
  AddExtraHoursInput: fields({ 'doctorId date startTime endTime reason': workingWeek }),
  AddClinicHolidayInput: fields({ 'date name': administrators }),
  RemoveScheduleExceptionInput: fields({ id: workingWeek }),
} as const;
