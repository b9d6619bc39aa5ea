import { noRule, type AppointmentTypeRule } from './appointment-type-rules.js';
import type { AppointmentType } from './generated/graphql.js';

/** The rules of the types of appointments. */
export interface AppointmentTypeRuleRepository {
  findAll(): Promise<ReadonlyMap<AppointmentType, AppointmentTypeRule>>;
}

const types = ['CONSULTATION', 'FOLLOW_UP', 'PROCEDURE', 'EMERGENCY'] as const;

export function createAppointmentTypeRuleRepository(): AppointmentTypeRuleRepository {
  const rules = new Map(types.map((type) => [type, { type, ...noRule }]));
  return { findAll: () => Promise.resolve(rules) };
}
