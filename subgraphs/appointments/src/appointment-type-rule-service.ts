import type { AuditRecorder } from '@caregraph/audit-trail';
import { validate } from '@caregraph/service-kit';
import { z } from 'zod';
import { appointmentType } from './appointment-input.js';
import type { AppointmentTypeRule, AppointmentTypeRuleOutcome } from './appointment-type-rule.js';
import type { AppointmentTypeRuleRepository } from './appointment-type-rule-repository.js';
import { transact, type Database } from './database.js';
import type { SetAppointmentTypeRuleInput } from './generated/graphql.js';

/** What types of appointments need. One is made for each request. */
export type AppointmentTypeRuleService = ReturnType<typeof createAppointmentTypeRuleService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly typeRules: AppointmentTypeRuleRepository;
}

export function createAppointmentTypeRuleService({ database, audit, typeRules }: Dependencies) {
  return {
    list(): Promise<AppointmentTypeRule[]> {
      return typeRules.findAll();
    },

    /** Counts for what is booked from now on: appointments keep the buffers that they have. */
    async set(input: SetAppointmentTypeRuleInput): Promise<AppointmentTypeRuleOutcome> {
      const validated = validate(setAppointmentTypeRuleInput, input);
      if (!validated.ok) return { appointmentTypeRule: null, userErrors: validated.problems };
      const rule = validated.value;
      await transact(database, audit, (transaction, whoActs) => typeRules.set(transaction, whoActs, rule));
      return { appointmentTypeRule: rule, userErrors: [] };
    },
  };
}

/** Minutes up to the CHECK of the column. */
const minutes = (most: number) =>
  z.int().refine((value) => value >= 0 && value <= most, `must be between 0 and ${most} minutes`);

const setAppointmentTypeRuleInput = z.object({
  type: appointmentType,
  bufferBefore: minutes(240),
  bufferAfter: minutes(240),
  minimumNotice: minutes(43_200),
});
