import { readText } from '@caregraph/encryption';
import { dateTimeScalar, localTimeScalar, parseId } from '@caregraph/service-kit';
import { endOf } from './appointment.js';
import type { Resolvers } from './generated/graphql.js';
import type { PatientReference, UserReference } from './references.js';

export const resolvers: Resolvers = {
  DateTime: dateTimeScalar,
  LocalTime: localTimeScalar,
  Query: {
    appointment: (_, { id }, { appointments }) => appointments.load(id),
    appointments: (_, list, { lists }) => lists.list(list),
    availableSlots: (_, search, { schedules }) => schedules.availableSlots(search),
    appointmentTypeRules: (_, __, { typeRules }) => typeRules.list(),
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
  },
  Appointment: {
    __resolveReference: ({ id }, { appointments }) => appointments.load(String(id)),
    patient: ({ patientId }) => ({ id: patientId }),
    doctor: ({ doctorId }) => ({ id: doctorId }),
    endsAt: ({ dateTime, duration }) => endOf(dateTime, duration),
    notes: ({ notes }, _, { cipher }) => readText(cipher, notes),
    createdBy: ({ createdBy }) => ({ id: createdBy }),
    history: ({ id }, _, { transitions }) => transitions.history(id),
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
  User: {
    __resolveReference: ({ id }) => toReference(id),
    schedule: ({ id }, _, { schedules }) => schedules.load(id),
    appointments: ({ id }, list, { lists }) => lists.listOf('doctor', id, list),
  },
};

/** Whether another service's entity exists is its own business; but an id that no record can have finds nothing. */
function toReference(id: number | string): PatientReference | UserReference | null {
  const key = parseId(String(id));
  return key === null ? null : { id: key };
}
