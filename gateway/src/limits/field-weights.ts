/** What a text of full length counts as: it is as long as many other values together. */
const longText = 20;

/**
 * What a field counts as in the cost of an operation, by its coordinate, where that is not 1. These hold texts of up to
 * 10,000 characters, so that a few hundred of them make an answer of megabytes.
 */
export const fieldWeights: ReadonlyMap<string, number> = new Map(
  [
    'Patient.medicalHistory',
    'Patient.allergies',
    'Patient.medications',
    'Address.line',
    'Appointment.reason',
    'Appointment.notes',
  ].map((coordinate) => [coordinate, longText]),
);
