import { readText } from '@caregraph/encryption';
import { dateScalar, dateTimeScalar, localTimeScalar, parseId } from '@caregraph/service-kit';
import { endOf } from './appointment.js';
import type { Resolvers } from './generated/graphql.js';
import type { PatientReference, UserReference } from './references.js';

export const resolvers: Resolvers = {
  DateTime: dateTimeScalar,
  Date: dateScalar,
  LocalTime: localTimeScalar,
  Query: {
    appointment: (_, { id }, { appointments }) => appointments.load(id),
    appointments: (_, list, { lists }) => lists.list(list),
    availableSlots: (_, search, { slots }) => slots.availableSlots(search),
    appointmentTypeRules: (_, __, { typeRules }) => typeRules.list(),
    nextAvailableSlots: (_, search, { slots }) => slots.nextAvailableSlots(search),
    clinicHolidays: (_, dates, { scheduleExceptions }) => scheduleExceptions.listHolidays(dates),
    appointmentsAuditLog: (_, list, { auditLog }) => auditLog.list(list),
  },
  Mutation: {
    bookAppointment: (_, { input }, { bookings, viewer }) => bookings.book(viewer, input),
    holdSlot: (_, { input }, { holds, viewer }) => holds.hold(viewer, input),
    releaseHold: (_, { input }, { holds, viewer }) => holds.release(viewer, input),
    updateAppointment: (_, { input }, { appointments, viewer }) => appointments.update(viewer, input),
    rescheduleAppointment: (_, { input }, { rescheduling, viewer }) => rescheduling.reschedule(viewer, input),
    confirmAppointment: (_, { input }, { transitions, viewer }) =>
      transitions.pass(viewer, 'CONFIRMED', input),
    startAppointment: (_, { input }, { transitions, viewer }) =>
      transitions.pass(viewer, 'IN_PROGRESS', input),
    completeAppointment: (_, { input }, { transitions, viewer }) =>
      transitions.pass(viewer, 'COMPLETED', input),
    cancelAppointment: (_, { input }, { transitions, viewer }) =>
      transitions.pass(viewer, 'CANCELLED', input),
    markAppointmentNoShow: (_, { input }, { transitions, viewer }) =>
      transitions.pass(viewer, 'NO_SHOW', input),
    setAppointmentTypeRule: (_, { input }, { typeRules }) => typeRules.set(input),
    setDoctorSchedule: (_, { input }, { schedules, viewer }) => schedules.set(viewer, input),
    addTimeOff: (_, { input }, { exceptions, viewer }) => exceptions.addTimeOff(viewer, input),
    addExtraHours: (_, { input }, { exceptions, viewer }) => exceptions.addExtraHours(viewer, input),
    addClinicHoliday: (_, { input }, { exceptions, viewer }) => exceptions.addClinicHoliday(viewer, input),
    removeScheduleException: (_, { input }, { exceptions, viewer }) => exceptions.remove(viewer, input),
  },
  Appointment: {
    __resolveReference: ({ id }, { appointments }) => appointments.load(String(id)),
    patient: ({ patientId }) => ({ id: patientId }),
    doctor: ({ doctorId }) => ({ id: doctorId }),
    endsAt: ({ dateTime, duration }) => endOf(dateTime, duration),
    notes: ({ notes }, _, { cipher }) => readText(cipher, notes),
    createdBy: ({ createdBy }) => ({ id: createdBy }),
    history: (appointment, _, { transitions }) => transitions.history(appointment),
  },
  SlotHold: {
    doctor: ({ doctorId }) => ({ id: doctorId }),
    startsAt: ({ dateTime }) => dateTime,
    endsAt: ({ dateTime, duration }) => endOf(dateTime, duration),
  },
  AuditActor: {
    user: ({ userId }) => (userId === null ? null : { id: userId }),
  },
  Patient: {
    __resolveReference: ({ id }) => toReference(id),
    appointments: ({ id }, list, { lists }) => lists.listOf('patient', id, list),
  },
  ScheduleException: {
    doctor: ({ doctorId }) => (doctorId === null ? null : { id: doctorId }),
  },
  User: {
    __resolveReference: ({ id }) => toReference(id),
    schedule: ({ id }, _, { schedules }) => schedules.load(id),
    scheduleExceptions: ({ id }, dates, { scheduleExceptions }) => scheduleExceptions.listOf(id, dates),
    appointments: ({ id }, list, { lists }) => lists.listOf('doctor', id, list),
  },
};

/** Whether another service's entity exists is its own business; but an id that no record can have finds nothing. */
function toReference(id: number | string): PatientReference | UserReference | null {
  const key = parseId(String(id));
  return key === null ? null : { id: key };
}
