import { describe, expect, it } from 'vitest';
import { api, fieldsOf, valuesOf } from './api.js';

/** The names that clients rely on: they may grow, and never go. */
const members: Readonly<Record<string, string>> = {
  Role: 'ADMIN DOCTOR NURSE STAFF',
  Gender: 'MALE FEMALE OTHER',
  AppointmentType: 'CONSULTATION FOLLOW_UP PROCEDURE EMERGENCY',
  AppointmentStatus: 'SCHEDULED CONFIRMED IN_PROGRESS COMPLETED CANCELLED NO_SHOW',
  DayOfWeek: 'SUNDAY MONDAY TUESDAY WEDNESDAY THURSDAY FRIDAY SATURDAY',
  AppointmentServiceErrorCode:
    'SLOT_TAKEN OUTSIDE_SCHEDULE PATIENT_NOT_FOUND PATIENT_INACTIVE DOCTOR_NOT_FOUND DOCTOR_INACTIVE ' +
    'INVALID_DURATION INVALID_TRANSITION IN_THE_PAST PATIENT_CONFLICT IDEMPOTENCY_KEY_REUSED DEPENDENCY_UNAVAILABLE',
  PatientServiceErrorCode: 'USER_NOT_FOUND USER_INACTIVE DEPENDENCY_UNAVAILABLE',
  UserServiceErrorCode: 'INVALID_CREDENTIALS',
  User:
    'id email firstName lastName fullName role isActive version createdAt updatedAt schedule ' +
    'appointments',
  Patient:
    'id firstName lastName fullName dateOfBirth age gender phone email address insurance emergencyContact ' +
    'medicalHistory allergies medications isRestricted careTeam isActive version createdAt updatedAt createdBy ' +
    'appointments',
  Address: 'line city state zipCode',
  Insurance: 'provider policyNumber',
  EmergencyContact: 'name phone relationship',
  Appointment:
    'id patient doctor dateTime endsAt duration type status reason notes isActive version createdAt updatedAt ' +
    'createdBy override history',
  AppointmentOverride: 'outsideSchedule doctorOverlap patientOverlap reason',
  AppointmentTransition: 'from to at by reason',
  AppointmentTypeRule: 'type bufferBefore bufferAfter minimumNotice',
  ScheduleException: 'id kind doctor firstDate lastDate startTime endTime reason',
  DoctorSchedule: 'dayOfWeek startTime endTime breakStart breakEnd isAvailable',
  Slot: 'doctor startsAt endsAt',
  SlotHold: 'id doctor startsAt endsAt type expiresAt',
  Session: 'accessToken refreshToken expiresAt user',
  UserConnection: 'edges pageInfo totalCount',
  PatientConnection: 'edges pageInfo totalCount',
  AppointmentConnection: 'edges pageInfo totalCount',
  PageInfo: 'startCursor endCursor hasNextPage hasPreviousPage',
  Query:
    'me user users patient patients appointment appointments availableSlots nextAvailableSlots clinicHolidays ' +
    'appointmentTypeRules',
  Mutation:
    'login refreshSession logout createUser updateUser changePassword resetPassword deactivateUser reactivateUser ' +
    'createPatient updatePatient deactivatePatient reactivatePatient restrictPatient setCareTeam ' +
    'liftPatientRestriction bookAppointment updateAppointment ' +
    'rescheduleAppointment confirmAppointment startAppointment completeAppointment cancelAppointment ' +
    'markAppointmentNoShow setDoctorSchedule addTimeOff addExtraHours addClinicHoliday removeScheduleException ' +
    'setAppointmentTypeRule holdSlot releaseHold',
  UserFilter: 'role isActive search',
  PatientFilter: 'isActive',
  AppointmentFilter: 'doctorId patientId from to status type isActive',
  LoginInput: 'email password',
  BookAppointmentInput:
    'patientId doctorId dateTime duration type reason notes idempotencyKey holdId override',
  BookingOverrideInput: 'outsideSchedule doctorOverlap patientOverlap reason',
  HoldSlotInput: 'doctorId dateTime duration type minutes',
  ReleaseHoldInput: 'id',
  RescheduleAppointmentInput: 'id dateTime duration version override',
  SetDoctorScheduleInput: 'doctorId timeZone days',
  DoctorScheduleDayInput: 'dayOfWeek startTime endTime breakStart breakEnd isAvailable',
};

describe('the names that clients rely on', () => {
  it.each(Object.entries(members))('are there in %s', (name, expected) => {
    const type = api.getType(name);
    const actual = [...valuesOf(type), ...fieldsOf(type)].map((member) => member.name);
    expect(actual).toEqual(expect.arrayContaining(expected.split(' ')));
  });

  it.each([
    ['User.appointments', 'filter first after'],
    ['Patient.appointments', 'filter first after'],
    ['Query.users', 'filter first after'],
    ['Query.patients', 'search filter first after'],
    ['Query.appointments', 'filter first after'],
    ['Query.availableSlots', 'doctorId from to duration type'],
    ['Query.nextAvailableSlots', 'doctorIds from duration type first'],
    ['User.scheduleExceptions', 'from to'],
  ])('are there in the arguments of %s', (coordinate, expected) => {
    const [typeName = '', fieldName = ''] = coordinate.split('.');
    const field = fieldsOf(api.getType(typeName)).find(({ name }) => name === fieldName);
    const args = field !== undefined && 'args' in field ? field.args : [];
    expect(args.map(({ name }) => name)).toEqual(expect.arrayContaining(expected.split(' ')));
  });
});
