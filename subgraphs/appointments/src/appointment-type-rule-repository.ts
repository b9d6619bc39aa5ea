import { typeMapping } from './appointment.js';
import { appointmentType } from './appointment-input.js';
import { noRule, type AppointmentTypeRule } from './appointment-type-rule.js';
import type { Database, Transaction } from './database.js';
import type { AppointmentType } from './generated/graphql.js';
import { Prisma, type AppointmentTypeRule as AppointmentTypeRuleRow } from './generated/prisma/client.js';

/** The only place that knows how the types' rules are kept. */
export type AppointmentTypeRuleRepository = ReturnType<typeof createAppointmentTypeRuleRepository>;

export function createAppointmentTypeRuleRepository(database: Database) {
  return {
    /** The rule of a type; one that was never set needs nothing. */
    async find(type: AppointmentType, transaction: Transaction = database): Promise<AppointmentTypeRule> {
      const [row] = await transaction.$queryRaw<AppointmentTypeRuleRow[]>`
        SELECT ${ruleColumns} FROM appointment_type_rules WHERE type = ${typeMapping.toColumn(type)}`;
      return row === undefined ? unset(type) : toRule(row);
    },

    /** The rules of all types, in the order in which the API names them. */
    async findAll(): Promise<AppointmentTypeRule[]> {
      const rows = await database.$queryRaw<AppointmentTypeRuleRow[]>`
        SELECT ${ruleColumns} FROM appointment_type_rules`;
      const rules = new Map(rows.map(toRule).map((rule) => [rule.type, rule]));
      return appointmentType.options.map((type) => rules.get(type) ?? unset(type));
    },

    /** Sets what a type needs from now on, in a transaction of `transact`. */
    async set(transaction: Transaction, whoActs: Prisma.Sql, rule: AppointmentTypeRule): Promise<void> {
      const { type, bufferBefore, bufferAfter, minimumNotice } = rule;
      await transaction.$executeRaw`SELECT ${whoActs}`;
      await transaction.$executeRaw`
        INSERT INTO appointment_type_rules (type, buffer_before, buffer_after, minimum_notice)
        VALUES (${typeMapping.toColumn(type)}, ${bufferBefore}, ${bufferAfter}, ${minimumNotice})
        ON CONFLICT (type) DO UPDATE SET buffer_before = excluded.buffer_before, buffer_after = excluded.buffer_after,
          minimum_notice = excluded.minimum_notice`;
    },
  };
}

const ruleColumns = Prisma.sql`type, buffer_before AS "bufferBefore", buffer_after AS "bufferAfter",
  minimum_notice AS "minimumNotice"`;

function toRule({ type, ...minutes }: AppointmentTypeRuleRow): AppointmentTypeRule {
  return { type: typeMapping.fromColumn(type), ...minutes };
}

function unset(type: AppointmentType): AppointmentTypeRule {
  return { type, ...noRule };
}
