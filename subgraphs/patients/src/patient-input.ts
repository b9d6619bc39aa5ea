import { emailAddress, phoneNumber, requiredText, text } from '@caregraph/service-kit';
import { z } from 'zod';

/** The longest text that is kept where the spec has no limit, in characters. */
const freeText = text(10_000);

const name = requiredText(100);
const gender = z.enum(['MALE', 'FEMALE', 'OTHER']);

/** Nobody who is treated is older; a date before that is a slip of the pen. */
const earliestBirth = '1850-01-01';

const dateOfBirth = z
  .string()
  .refine((date) => date <= new Date().toISOString().slice(0, 10), 'must not be in the future')
  .refine((date) => date >= earliestBirth, `must not be before ${earliestBirth}`);

/** Columns that can be null: absent leaves them alone, null clears them, one by one or the whole group. */
const optionalColumns = {
  address: z
    .object({
      line: freeText.nullish(),
      city: text(100).nullish(),
      state: text(50).nullish(),
      zipCode: text(20).nullish(),
    })
    .nullish(),
  insurance: z.object({ provider: text(255).nullish(), policyNumber: text(100).nullish() }).nullish(),
  emergencyContact: z
    .object({ name: text(200).nullish(), phone: phoneNumber.nullish(), relationship: text(50).nullish() })
    .nullish(),
  medicalHistory: freeText.nullish(),
  allergies: freeText.nullish(),
  medications: freeText.nullish(),
};

export const createPatientInput = z.object({
  firstName: name,
  lastName: name,
  dateOfBirth,
  gender,
  phone: phoneNumber,
  email: emailAddress,
  ...optionalColumns,
});

/** Columns that cannot be null: absent leaves them alone, null is refused. */
export const updatePatientInput = z.object({
  id: z.string(),
  version: z.int().nullish(),
  firstName: name.optional(),
  lastName: name.optional(),
  dateOfBirth: dateOfBirth.optional(),
  gender: gender.optional(),
  phone: phoneNumber.optional(),
  email: emailAddress.optional(),
  ...optionalColumns,
});
