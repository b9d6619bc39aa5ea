import { typeMapping } from './appointment.js';
import { lockClasses } from './booking-locks.js';
import type { Database, Transaction } from './database.js';
import { Prisma, type SlotHold as SlotHoldRow } from './generated/prisma/client.js';
import type { NewSlotHold, SlotHold } from './slot-hold.js';
import { isLive } from './slot-hold-statement.js';

/**
 * With the statements of bookings, the only place that knows how holds are kept. A live one is written and deleted
 * under the lock of its doctor alone: what was read under that lock stays so.
 */
export type SlotHoldRepository = ReturnType<typeof createSlotHoldRepository>;

export function createSlotHoldRepository(database: Database) {
  return {
    /** The user's hold with this id, unless it has expired; those of others are not there. */
    async find(id: number, createdBy: number, transaction: Transaction = database): Promise<SlotHold | null> {
      const [row] = await transaction.$queryRaw<SlotHoldRow[]>`
        SELECT ${holdColumns} FROM slot_holds WHERE id = ${id} AND created_by = ${createdBy} AND ${isLive}`;
      return row === undefined ? null : toSlotHold(row);
    },

    /** How many times the user holds. */
    async countLive(transaction: Transaction, createdBy: number): Promise<number> {
      const [row] = await transaction.$queryRaw<{ count: number }[]>`
        SELECT count(*)::integer AS count FROM slot_holds WHERE created_by = ${createdBy} AND ${isLive}`;
      return row?.count ?? 0;
    },

    /** Holds a time; null where somebody else holds a part of it. What has expired is in nobody's way. */
    async insert(
      transaction: Transaction,
      { doctorId, dateTime, duration, type, bufferBefore, bufferAfter, createdBy, minutes }: NewSlotHold,
    ): Promise<SlotHold | null> {
      await transaction.$executeRaw`DELETE FROM slot_holds WHERE doctor_id = ${doctorId} AND NOT ${isLive}`;
      const [row] = await transaction.$queryRaw<SlotHoldRow[]>`
        INSERT INTO slot_holds
          (doctor_id, date_time, duration, type, buffer_before, buffer_after, created_by, created_at, expires_at)
        SELECT ${doctorId}::integer, ${dateTime}::timestamp, ${duration}::integer, ${typeMapping.toColumn(type)},
          ${bufferBefore}::integer, ${bufferAfter}::integer, ${createdBy}::integer,
          now, now + ${minutes}::integer * interval '1 minute'
        FROM (SELECT clock_timestamp() AT TIME ZONE 'UTC') AS clock (now)
        ON CONFLICT DO NOTHING RETURNING ${holdColumns}`;
      return row === undefined ? null : toSlotHold(row);
    },

    /** Ends a hold: it was booked, or given up. */
    async delete(transaction: Transaction, id: number): Promise<void> {
      await transaction.$executeRaw`DELETE FROM slot_holds WHERE id = ${id}`;
    },

    /**
     * Deletes up to `limit` holds that have expired, and says how many; `whoActs` as of `transact`. Waits for nobody:
     * a doctor for whom somebody books at this moment is left to the next round.
     */
    async deleteExpired(transaction: Transaction, whoActs: Prisma.Sql, limit: number): Promise<number> {
      return transaction.$executeRaw`
        WITH actor AS MATERIALIZED (SELECT ${whoActs}), expired AS MATERIALIZED (
          SELECT id, doctor_id FROM slot_holds WHERE NOT ${isLive} ORDER BY expires_at LIMIT ${limit})
        DELETE FROM slot_holds USING actor WHERE id IN (
          SELECT id FROM expired WHERE pg_try_advisory_xact_lock(${lockClasses.doctor}::integer, doctor_id))`;
    },
  };
}

const holdColumns = Prisma.sql`id, doctor_id AS "doctorId", date_time AS "dateTime", duration, type,
  expires_at AS "expiresAt"`;

function toSlotHold({ id, doctorId, dateTime, duration, type, expiresAt }: SlotHoldRow): SlotHold {
  return { id, doctorId, dateTime, duration, type: typeMapping.fromColumn(type), expiresAt };
}
