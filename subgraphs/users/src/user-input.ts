import { emailAddress, requiredText, roles, text } from '@caregraph/service-kit';
import { z } from 'zod';
import type { PasswordRules } from './password-rules.js';

/** Addresses are kept in lower case, so that one person cannot have two accounts by writing it differently. */
const loginAddress = emailAddress.transform((address) => address.toLowerCase());

const name = requiredText(100);
const role = z.enum(roles);

/** The version that a change is based on; absent or null for whatever it is. */
const version = z.int().nullish();

/** Columns that cannot be null: what is absent stays as it is, null is refused. */
export const updateUserInput = z.object({
  id: z.string(),
  version,
  email: loginAddress.optional(),
  firstName: name.optional(),
  lastName: name.optional(),
  role: role.optional(),
});

/** The inputs that carry a new password, which keeps the rules for it. */
export type NewPasswordInputs = ReturnType<typeof createNewPasswordInputs>;

export function createNewPasswordInputs(rules: PasswordRules) {
  const password = text(256).superRefine((value, context) => {
    const problem = rules.problem(value);
    if (problem !== null) context.addIssue({ code: 'custom', message: problem });
  });
  return {
    createUser: z
      .object({ email: loginAddress, password, firstName: name, lastName: name, role })
      .superRefine((account, context) => {
        // What is wrong with it for everybody has been said.
        if (rules.problem(account.password) !== null) return;
        const problem = rules.personalProblem(account.password, account);
        if (problem !== null) context.addIssue({ code: 'custom', message: problem, path: ['password'] });
      }),
    changePassword: z.object({ currentPassword: z.string(), newPassword: password }),
    resetPassword: z.object({ id: z.string(), version, newPassword: password }),
  };
}
