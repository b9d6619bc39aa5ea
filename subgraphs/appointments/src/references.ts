/** A patient, whose record another service keeps. */
export interface PatientReference {
  readonly id: number;
}

/** A user, whose account another service keeps. */
export interface UserReference {
  readonly id: number;
}
