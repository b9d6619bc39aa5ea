import type { AuditRecorder } from '@caregraph/audit-trail';
import { textToStore, type FieldCipher } from '@caregraph/encryption';
import { statusMapping, typeMapping, type Appointment } from './appointment.js';
import { exceptOf } from './appointment-list-statement.js';
import { appointmentColumns, placeOfNotes, toAppointment } from './appointment-row.js';
import type { Buffers } from './appointment-type-rule.js';
import { transact, type Database, type Transaction } from './database.js';
import type { AppointmentStatus, AppointmentType } from './generated/graphql.js';
import type { Appointment as AppointmentRow, Prisma } from './generated/prisma/client.js';

/** The columns that can be changed; those that are undefined stay as they are. */
export interface AppointmentChanges {
  readonly type?: AppointmentType | undefined;
  /** Null leaves them as they are, too. */
  readonly buffers?: Buffers | null;
  readonly reason?: string | undefined;
  readonly notes?: string | null | undefined;
}

/**
 * With those of lists and of bookings, the only place that knows how appointments are kept. Made for one viewer: the
 * appointments of `hiddenPatients`, of whom that viewer may not know, are not there, whatever is asked.
 */
export type AppointmentRepository = ReturnType<typeof createAppointmentRepository>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly cipher: FieldCipher;
  /** The patients of whom the viewer may not know. */
  readonly hiddenPatients: () => readonly number[];
}

export function createAppointmentRepository({ database, audit, cipher, hiddenPatients }: Dependencies) {
  /** Changes an appointment whose version is `version` (null: whatever it is). Null when there is none such. */
  async function updateIn(
    transaction: Transaction,
    whoActs: Prisma.Sql,
    id: number,
    version: number | null,
    { type, buffers, reason, notes }: AppointmentChanges,
  ): Promise<Appointment | null> {
    const [locked] = await transaction.$queryRaw<{ patientId: number; notes: string | null }[]>`
      SELECT patient_id AS "patientId", notes, ${whoActs} FROM appointments WHERE id = ${id} FOR UPDATE`;
    // Asked for now: the patient may have been restricted while this change waited for others.
    if (locked === undefined || hiddenPatients().includes(locked.patientId)) return null;
    const storedNotes = await textToStore(cipher, notes, placeOfNotes(id), locked.notes);
    const [row] = await transaction.appointment.updateManyAndReturn({
      where: { id, ...(version !== null && { version }) },
      data: {
        ...(reason !== undefined && { reason }),
        ...(storedNotes !== undefined && { notes: storedNotes }),
        ...(type !== undefined && { type: typeMapping.toColumn(type) }),
        ...(buffers && { bufferBefore: buffers.bufferBefore, bufferAfter: buffers.bufferAfter }),
      },
    });
    return row === undefined ? null : toAppointment(row);
  }

  return {
    /** The appointments with these ids, in the same order; null where there is none. */
    async findMany(ids: readonly number[]): Promise<(Appointment | null)[]> {
      const rows = await database.$queryRaw<AppointmentRow[]>`
        SELECT ${appointmentColumns} FROM appointments
        WHERE id = ANY(${[...ids]}::integer[]) ${exceptOf(hiddenPatients())}`;
      const appointments = new Map(rows.map((row) => [row.id, toAppointment(row)]));
      return ids.map((id) => appointments.get(id) ?? null);
    },

    /**
     * Begins a transaction of `transact` that is for one appointment, which stays as it is now until that ends. Null
     * when there is none. The history keeps `why`, if that is given, beside what becomes of its status.
     */
    async lock(
      transaction: Transaction,
      whoActs: Prisma.Sql,
      id: number,
      why: string | null,
    ): Promise<Appointment | null> {
      const [row] = await transaction.$queryRaw<AppointmentRow[]>`
        SELECT ${appointmentColumns}, ${whoActs}, set_config('caregraph.change_reason', ${why ?? ''}, true) AS why
        FROM appointments WHERE id = ${id} FOR UPDATE`;
      // Asked for now: the patient may have been restricted while this change waited for others.
      return row === undefined || hiddenPatients().includes(row.patientId) ? null : toAppointment(row);
    },

    /** Gives a status to an appointment that is locked. */
    async setStatus(transaction: Transaction, id: number, status: AppointmentStatus): Promise<Appointment> {
      const [row] = await transaction.$queryRaw<AppointmentRow[]>`
        UPDATE appointments SET status = ${statusMapping.toColumn(status)} WHERE id = ${id}
        RETURNING ${appointmentColumns}`;
      if (row === undefined) throw new Error(`Appointment ${id} is locked, and not there.`);
      return toAppointment(row);
    },

    updateIn,

    /** Changes an appointment in a transaction of its own. */
    async update(
      id: number,
      version: number | null,
      changes: AppointmentChanges,
    ): Promise<Appointment | null> {
      return transact(database, audit, (transaction, whoActs) =>
        updateIn(transaction, whoActs, id, version, changes),
      );
    },
  };
}
