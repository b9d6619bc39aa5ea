import { characterCount, emailAddress, requiredText, roles, text } from '@caregraph/service-kit';
import { z } from 'zod';

/** Addresses are kept in lower case, so that one person cannot have two accounts by writing it differently. */
const loginAddress = emailAddress.transform((address) => address.toLowerCase());

/** NIST SP 800-63B-4, section 3.1.1.2: length decides, and nothing else is asked of a password. */
const password = text(256).refine((value) => characterCount(value) >= 8, 'must have at least 8 characters');

const name = requiredText(100);
const role = z.enum(roles);

/** Columns that cannot be null: absent leaves them alone, null is refused. */
const version = z.int().nullish();

export const createUserInput = z.object({
  email: loginAddress,
  password,
  firstName: name,
  lastName: name,
  role,
});

export const updateUserInput = z.object({
  id: z.string(),
  version,
  email: loginAddress.optional(),
  firstName: name.optional(),
  lastName: name.optional(),
  role: role.optional(),
});

export const changePasswordInput = z.object({ currentPassword: z.string(), newPassword: password });

export const resetPasswordInput = z.object({ id: z.string(), version, newPassword: password });
