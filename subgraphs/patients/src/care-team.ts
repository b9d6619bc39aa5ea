/** The users who look after a patient, and whether the record is restricted to them. */
export interface CareTeam {
  readonly isRestricted: boolean;
  /** Users, whose accounts another service keeps; in the order of their ids. */
  readonly memberIds: readonly number[];
}

/** A record that is restricted, and to whom. */
export interface RestrictedPatient {
  readonly patientId: number;
  readonly careTeam: readonly number[];
}
