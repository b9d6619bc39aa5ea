import type { Rule } from './rule.js';

/** Everyone who has logged in. */
export const everyRole: Rule = { ADMIN: 'yes', DOCTOR: 'yes', NURSE: 'yes', STAFF: 'yes' };

/** No user: what services and the gateway need to know of each other. */
const noRole: Rule = { ADMIN: 'no', DOCTOR: 'no', NURSE: 'no', STAFF: 'no' };

/** Everyone, with or without an access token. */
export const anyone: Rule = { ...everyRole, ANONYMOUS: 'yes' };

/** What the appointments service must know of a patient whom it books, besides everyone who has logged in. */
export const everyRoleAndAppointments: Rule = { ...everyRole, appointments: 'yes' };

/** What the services that keep users' ids must know of these users, besides everyone who has logged in. */
export const everyRoleAndServices: Rule = { ...everyRole, appointments: 'yes', patients: 'yes' };

/** The gateway in its own name: it may ask what a service offers, and nothing about anybody. */
export const gateway: Rule = { ...noRole, gateway: 'yes' };

export const administrators: Rule = { ...noRole, ADMIN: 'yes' };

/** Account data: for administrators, and for the user whose account it is. */
export const ownAccount: Rule = { ADMIN: 'yes', DOCTOR: 'own', NURSE: 'own', STAFF: 'own' };

/** Clinical content: for those who treat. */
export const clinicians: Rule = { ADMIN: 'no', DOCTOR: 'yes', NURSE: 'yes', STAFF: 'no' };

/** What is written about an appointment: nurses write about every one, a doctor about the own ones. */
export const treatingClinicians: Rule = { ADMIN: 'no', DOCTOR: 'own', NURSE: 'yes', STAFF: 'no' };

/** Steps of a treatment: for those who give it, and for administrators, who mend records. */
export const treatment: Rule = { ...treatingClinicians, ADMIN: 'yes' };

/** A doctor's working week: the front desk and administrators set every one, a doctor the own one. */
export const workingWeek: Rule = { ADMIN: 'yes', DOCTOR: 'own', NURSE: 'no', STAFF: 'yes' };

/** Setting records of attendance right: for those who keep them. */
export const attendanceKeepers: Rule = { ADMIN: 'yes', DOCTOR: 'no', NURSE: 'no', STAFF: 'yes' };

/** Booking a doctor twice for one time: administrators, and a doctor who wants it so. */
export const doctorOverlaps: Rule = { ADMIN: 'yes', DOCTOR: 'own', NURSE: 'no', STAFF: 'no' };

/** Booking a patient twice for one time, such as an examination within a stay: those who treat, and administrators. */
export const patientOverlaps: Rule = { ADMIN: 'yes', DOCTOR: 'own', NURSE: 'yes', STAFF: 'no' };

/** Restricting records to care teams: whoever answers for a treatment or for the platform. */
export const restrictors: Rule = { ADMIN: 'yes', DOCTOR: 'yes', NURSE: 'no', STAFF: 'no' };

/** A restriction of a record: administrators manage every one, by the id alone, a doctor those of own care teams. */
export const restrictions: Rule = { ADMIN: 'yes', DOCTOR: 'own', NURSE: 'no', STAFF: 'no' };

/** What only the care team finds, whatever the role; the appointments service has to know about everybody. */
export const careTeam: Rule = {
  ADMIN: 'own',
  DOCTOR: 'own',
  NURSE: 'own',
  STAFF: 'own',
  appointments: 'yes',
};
