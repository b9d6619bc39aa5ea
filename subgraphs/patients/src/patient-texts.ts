import {
  storedText,
  textToStore,
  type FieldCipher,
  type Place,
  type StoredText,
} from '@caregraph/encryption';
import type { Patient as PatientRow } from './generated/prisma/client.js';

/** The texts of a record that are encrypted: undefined leaves them as they are, null clears them. */
export interface PatientTexts {
  readonly medicalHistory?: string | null | undefined;
  readonly allergies?: string | null | undefined;
  readonly medications?: string | null | undefined;
  readonly policyNumber?: string | null | undefined;
}

/** Where they stand: `policy_number` is too narrow for what is encrypted. */
const columns = {
  medicalHistory: 'medical_history',
  allergies: 'allergies',
  medications: 'medications',
  policyNumber: 'policy_number_encrypted',
} as const satisfies Record<keyof PatientTexts, string>;

/** The columns of a row that hold them. */
type TextRow = Pick<
  PatientRow,
  'medicalHistory' | 'allergies' | 'medications' | 'policyNumber' | 'policyNumberEncrypted'
>;

/** What Prisma selects of a row to have them. */
export const textSelection = {
  medicalHistory: true,
  allergies: true,
  medications: true,
  policyNumber: true,
  policyNumberEncrypted: true,
} as const satisfies Record<keyof TextRow, true>;

/**
 * The texts of a row as they are stored. A policy number in the spec's own column is from before encryption, or was put
 * there past the service since: it is the one that counts.
 */
export function storedTexts(
  row: TextRow & { readonly id: number },
): Record<keyof PatientTexts, StoredText | null> {
  const stored = (name: keyof PatientTexts, value: string | null) => storedText(value, placeOf(name, row.id));
  return {
    medicalHistory: stored('medicalHistory', row.medicalHistory),
    allergies: stored('allergies', row.allergies),
    medications: stored('medications', row.medications),
    policyNumber: stored('policyNumber', row.policyNumber ?? row.policyNumberEncrypted),
  };
}

/** What to store of the texts in a row, which has `present` until now; nothing where it is new. */
export async function textsToStore(
  cipher: FieldCipher,
  id: number,
  texts: PatientTexts,
  present?: TextRow,
): Promise<{ readonly [Column in keyof TextRow]: string | null | undefined }> {
  const toStore = (name: keyof PatientTexts, before: string | null | undefined) =>
    textToStore(cipher, texts[name], placeOf(name, id), before ?? null);
  return {
    medicalHistory: await toStore('medicalHistory', present?.medicalHistory),
    allergies: await toStore('allergies', present?.allergies),
    medications: await toStore('medications', present?.medications),
    policyNumber: texts.policyNumber === undefined ? undefined : null,
    policyNumberEncrypted: await toStore('policyNumber', present?.policyNumberEncrypted),
  };
}

function placeOf(name: keyof PatientTexts, row: number): Place {
  return { table: 'patients', row, column: columns[name] };
}
