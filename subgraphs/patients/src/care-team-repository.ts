import { policy } from '@caregraph/access-policy';
import type { Viewer } from '@caregraph/service-kit';
import type { CareTeam, RestrictedPatient } from './care-team.js';
import type { Database, Transaction } from './database.js';
import type { Prisma } from './generated/prisma/client.js';
import { lockPatient, type LockedPatient } from './patient-lock.js';
import { isRestricted, visibleTo } from './patient-visibility.js';

/** The only place that knows how care teams and restrictions are kept. */
export type CareTeamRepository = ReturnType<typeof createCareTeamRepository>;

export function createCareTeamRepository(database: Database) {
  return {
    /**
     * The care teams of these patients, in the same order; null where the viewer does not see the record. Somebody may
     * have restricted it since the viewer was shown it.
     */
    async findMany(patientIds: readonly number[], viewer: Viewer): Promise<(CareTeam | null)[]> {
      const rows = await database.$queryRaw<(CareTeam & { patientId: number })[]>`
        SELECT id AS "patientId", ${isRestricted} AS "isRestricted", ARRAY(
          SELECT user_id FROM care_team_members WHERE patient_id = patients.id ORDER BY user_id
        ) AS "memberIds"
        FROM patients WHERE id = ANY(${[...patientIds]}::integer[]) AND ${visibleTo(viewer)}`;
      const teams = new Map(rows.map(({ patientId, ...team }) => [patientId, team]));
      return patientIds.map((id) => teams.get(id) ?? null);
    },

    /** Every restricted record with its care team, by id. */
    async findRestricted(): Promise<RestrictedPatient[]> {
      return database.$queryRaw<RestrictedPatient[]>`/* background */
        SELECT patient_id AS "patientId", ARRAY(
          SELECT user_id FROM care_team_members AS member
          WHERE member.patient_id = restriction.patient_id ORDER BY user_id
        ) AS "careTeam"
        FROM patient_restrictions AS restriction WHERE lifted_at IS NULL ORDER BY patient_id`;
    },

    /** As `lockPatient`; null also where the viewer may not manage the record's restriction. */
    async lock(
      transaction: Transaction,
      patientId: number,
      actor: { readonly whoActs: Prisma.Sql; readonly viewer: Viewer },
    ): Promise<LockedPatient | null> {
      return lockPatient(transaction, patientId, { ...actor, rule: policy.find.patientRestriction });
    },

    /** Restricts a record that is not restricted. */
    async restrict(
      transaction: Transaction,
      patientId: number,
      { reason, restrictedBy }: { readonly reason: string; readonly restrictedBy: number },
    ): Promise<void> {
      await transaction.$executeRaw`
        INSERT INTO patient_restrictions (patient_id, reason, restricted_by)
        VALUES (${patientId}, ${reason}, ${restrictedBy})`;
    },

    /** Ends the restriction, if there is one. */
    async lift(transaction: Transaction, patientId: number, liftedBy: number): Promise<void> {
      await transaction.$executeRaw`
        UPDATE patient_restrictions SET lifted_by = ${liftedBy}, lifted_at = clock_timestamp()
        WHERE patient_id = ${patientId} AND lifted_at IS NULL`;
    },

    /** Makes these users the whole care team; who is in it already stays as added when and by whom they were. */
    async replaceMembers(
      transaction: Transaction,
      patientId: number,
      memberIds: readonly number[],
      addedBy: number,
    ): Promise<void> {
      const ids = [...memberIds];
      await transaction.$executeRaw`
        DELETE FROM care_team_members WHERE patient_id = ${patientId} AND NOT user_id = ANY(${ids}::integer[])`;
      await transaction.$executeRaw`
        INSERT INTO care_team_members (patient_id, user_id, added_by)
        SELECT ${patientId}::integer, user_id, ${addedBy}::integer FROM unnest(${ids}::integer[]) AS member (user_id)
        ON CONFLICT DO NOTHING`;
    },

    /** Raises the record's version: who sees it is a part of what is changed under a version. */
    async raiseVersion(transaction: Transaction, patientId: number): Promise<void> {
      await transaction.$executeRaw`UPDATE patients SET is_active = is_active WHERE id = ${patientId}`;
    },
  };
}
