import { parseId } from '@caregraph/service-kit';
import type { AppointmentError } from './appointment.js';
import type { Directory } from './directory.js';

/** The id of a patient who can be booked, or why there is none. */
export async function findBookablePatient(
  directory: Directory,
  patientId: string,
): Promise<number | AppointmentError> {
  const field = ['patientId'];
  const id = parseId(patientId);
  const patient = id === null ? null : await directory.findPatient(id);
  if (patient === 'unavailable') {
    return { code: 'DEPENDENCY_UNAVAILABLE', message: 'Patients cannot be looked up now; try again.', field };
  }
  if (id === null || patient === null) {
    return { code: 'PATIENT_NOT_FOUND', message: 'There is no such patient.', field };
  }
  if (!patient.isActive) {
    return { code: 'PATIENT_INACTIVE', message: 'The patient record is not in use.', field };
  }
  return id;
}

/** The id of a doctor who can be booked, or why there is none. */
export async function findBookableDoctor(
  directory: Directory,
  doctorId: string,
): Promise<number | AppointmentError> {
  const field = ['doctorId'];
  const id = parseId(doctorId);
  const user = id === null ? null : await directory.findUser(id);
  if (user === 'unavailable') {
    return { code: 'DEPENDENCY_UNAVAILABLE', message: 'Doctors cannot be looked up now; try again.', field };
  }
  if (id === null || user?.role !== 'DOCTOR') {
    return { code: 'DOCTOR_NOT_FOUND', message: 'There is no such doctor.', field };
  }
  if (!user.isActive)
    return { code: 'DOCTOR_INACTIVE', message: "The doctor's account is not active.", field };
  return id;
}
