import { parseId, type Viewer } from '@caregraph/service-kit';
import type { AppointmentError } from './appointment.js';
import type { Directory } from './directory.js';

/** Who meets in an appointment. */
export interface Participants {
  readonly patientId: number;
  readonly doctorId: number;
}

/**
 * The patient and the doctor, asked for at the same time; or why the viewer cannot book them. Of a restricted record
 * only the care team knows, and only doctors of the care team are booked for it.
 */
export async function findParticipants(
  directory: Directory,
  viewer: Viewer,
  { patientId, doctorId }: { readonly patientId: string; readonly doctorId: string },
): Promise<Participants | readonly AppointmentError[]> {
  const [patient, doctor] = await Promise.all([
    findBookablePatient(directory, viewer, patientId),
    findBookableDoctor(directory, doctorId),
  ]);
  if ('code' in patient || typeof doctor !== 'number') {
    return [patient, doctor].filter((found) => typeof found !== 'number' && 'code' in found);
  }
  if (patient.restrictedTo?.has(doctor) === false) {
    const message = "The patient's record is restricted, and the doctor is not in its care team.";
    return [{ code: 'FORBIDDEN', message, field: ['doctorId'] }];
  }
  return { patientId: patient.id, doctorId: doctor };
}

export const patientNotFound: AppointmentError = {
  code: 'PATIENT_NOT_FOUND',
  message: 'There is no such patient.',
  field: ['patientId'],
};

/** A patient whom the viewer can book, or why there is none. */
async function findBookablePatient(
  directory: Directory,
  viewer: Viewer,
  patientId: string,
): Promise<{ readonly id: number; readonly restrictedTo: ReadonlySet<number> | null } | AppointmentError> {
  const field = ['patientId'];
  const id = parseId(patientId);
  const patient = id === null ? null : await directory.findPatient(id);
  if (patient === 'unavailable') {
    return { code: 'DEPENDENCY_UNAVAILABLE', message: 'Patients cannot be looked up now; try again.', field };
  }
  if (id === null || patient === null || !isVisible(patient.restrictedTo, viewer)) return patientNotFound;
  if (!patient.isActive) {
    return { code: 'PATIENT_INACTIVE', message: 'The patient record is not in use.', field };
  }
  return { id, restrictedTo: patient.restrictedTo };
}

/** Whether the viewer may know of a record that is restricted to these users, or to nobody. */
function isVisible(restrictedTo: ReadonlySet<number> | null, viewer: Viewer): boolean {
  return restrictedTo === null || (viewer.kind === 'user' && restrictedTo.has(viewer.id));
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
