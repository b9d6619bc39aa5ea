import type { AuditRecorder } from '@caregraph/audit-trail';
import { textToStore, type FieldCipher } from '@caregraph/encryption';
import { statusMapping, typeMapping, type Appointment } from './appointment.js';
import { exceptOf } from './appointment-list-statement.js';
import { appointmentColumns, placeOfNotes, toAppointment } from './appointment-row.js';
import { transact, type Database } from './database.js';
import type { AppointmentStatus, AppointmentType } from './generated/graphql.js';
import type { Appointment as AppointmentRow } from './generated/prisma/client.js';

/** The columns that can be changed; those that are undefined stay as they are. */
export interface AppointmentChanges {
  readonly type?: AppointmentType | undefined;
  readonly status?: AppointmentStatus | undefined;
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
     * Changes an appointment whose version is `version` (null: whatever it is). Null when there is none such, or,
     * where `statuses` are given, when it has none of them or is not in use.
     */
    async update(
      id: number,
      version: number | null,
      statuses: readonly AppointmentStatus[] | null,
      { type, status, reason, notes }: AppointmentChanges,
    ): Promise<Appointment | null> {
      return transact(database, audit, async (transaction, whoActs) => {
        const [locked] = await transaction.$queryRaw<{ patientId: number; notes: string | null }[]>`
          SELECT patient_id AS "patientId", notes, ${whoActs} FROM appointments WHERE id = ${id} FOR UPDATE`;
        // Asked for now: the patient may have been restricted while this change waited for others.
        if (locked === undefined || hiddenPatients().includes(locked.patientId)) return null;
        const storedNotes = await textToStore(cipher, notes, placeOfNotes(id), locked.notes);
        const [row] = await transaction.appointment.updateManyAndReturn({
          where: {
            id,
            ...(version !== null && { version }),
            ...(statuses !== null && {
              status: { in: statuses.map(statusMapping.toColumn) },
              OR: [{ isActive: true }, { isActive: null }],
            }),
          },
          data: {
            ...(reason !== undefined && { reason }),
            ...(storedNotes !== undefined && { notes: storedNotes }),
            ...(type !== undefined && { type: typeMapping.toColumn(type) }),
            ...(status !== undefined && { status: statusMapping.toColumn(status) }),
          },
        });
        return row === undefined ? null : toAppointment(row);
      });
    },
  };
}
