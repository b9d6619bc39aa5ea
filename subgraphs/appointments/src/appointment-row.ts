import { storedText, type Place } from '@caregraph/encryption';
import { statusMapping, typeMapping, type Appointment } from './appointment.js';
import type { BookingOverride } from './booking-override.js';
import { Prisma, type Appointment as AppointmentRow } from './generated/prisma/client.js';

/** What a statement selects or returns of `appointments` for `toAppointment`. */
export const appointmentColumns = Prisma.sql`appointments.id, appointments.patient_id AS "patientId",
  appointments.doctor_id AS "doctorId", appointments.date_time AS "dateTime", appointments.duration,
  appointments.type, appointments.status, appointments.reason, appointments.notes,
  appointments.is_active AS "isActive", appointments.version, appointments.created_at AS "createdAt",
  appointments.updated_at AS "updatedAt", appointments.created_by AS "createdBy",
  appointments.buffer_before AS "bufferBefore", appointments.buffer_after AS "bufferAfter",
  appointments.overrides_schedule AS "overridesSchedule",
  appointments.overrides_doctor_overlap AS "overridesDoctorOverlap",
  appointments.overrides_patient_overlap AS "overridesPatientOverlap",
  appointments.override_reason AS "overrideReason"`;

/** Where an appointment's notes are kept, and what their encrypted form is bound to. */
export function placeOfNotes(row: number): Place {
  return { table: 'appointments', row, column: 'notes' };
}

/** The spec lets `is_active` be null, which means true. */
export function toAppointment(row: AppointmentRow): Appointment {
  return {
    id: row.id,
    patientId: row.patientId,
    doctorId: row.doctorId,
    dateTime: row.dateTime,
    duration: row.duration,
    type: typeMapping.fromColumn(row.type),
    status: statusMapping.fromColumn(row.status),
    reason: row.reason,
    notes: storedText(row.notes, placeOfNotes(row.id)),
    isActive: row.isActive ?? true,
    version: row.version,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    createdBy: row.createdBy,
    override: toOverride(row),
  };
}

function toOverride(row: AppointmentRow): BookingOverride | null {
  if (row.overrideReason === null) return null;
  return {
    outsideSchedule: row.overridesSchedule,
    doctorOverlap: row.overridesDoctorOverlap,
    patientOverlap: row.overridesPatientOverlap,
    reason: row.overrideReason,
  };
}
