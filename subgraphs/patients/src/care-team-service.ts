import { mayAct, policy } from '@caregraph/access-policy';
import type { AuditRecorder } from '@caregraph/audit-trail';
import { parseId, validate, type Viewer } from '@caregraph/service-kit';
import DataLoader from 'dataloader';
import type { CareTeam } from './care-team.js';
import { restrictPatientInput, setCareTeamInput } from './care-team-input.js';
import { findMembers } from './care-team-members.js';
import type { CareTeamRepository } from './care-team-repository.js';
import { transact, type Database, type Transaction } from './database.js';
import type { Directory } from './directory.js';
import type {
  LiftPatientRestrictionInput,
  RestrictPatientInput,
  SetCareTeamInput,
} from './generated/graphql.js';
import { invalid, notFound, refused, stale, type PatientOutcome } from './patient.js';
import type { PatientService } from './patient-service.js';

/** The rules about care teams, and about restricting records to them. One is made for each request. */
export type CareTeamService = ReturnType<typeof createCareTeamService>;

interface Dependencies {
  readonly database: Database;
  readonly audit: AuditRecorder;
  readonly viewer: Viewer;
  readonly careTeams: CareTeamRepository;
  readonly patients: PatientService;
  readonly directory: Directory;
}

/** A record, and on which version of it the request is based. */
interface Target {
  readonly id: string;
  readonly version?: number | null | undefined;
}

export function createCareTeamService(dependencies: Dependencies) {
  const { database, audit, careTeams, patients, directory } = dependencies;
  const byPatient = new DataLoader<number, CareTeam | null>((ids) =>
    careTeams.findMany(ids, dependencies.viewer),
  );

  /** Changes who sees a record, under its version; answers it to a viewer who is still among them. */
  async function change(
    viewer: Viewer,
    target: Target,
    work: (
      transaction: Transaction,
      patientId: number,
      isRestricted: boolean,
    ) => Promise<PatientOutcome | null>,
  ): Promise<PatientOutcome> {
    const id = parseId(target.id);
    if (id === null) return notFound;
    const refusal = await transact(database, audit, async (transaction, whoActs) => {
      const record = await careTeams.lock(transaction, id, { whoActs, viewer });
      if (record === null) return notFound;
      if (target.version != null && target.version !== record.version) return stale;
      const hindrance = await work(transaction, id, record.isRestricted);
      if (hindrance === null) await careTeams.raiseVersion(transaction, id);
      return hindrance;
    });
    if (refusal !== null) return refusal;
    byPatient.clear(id);
    return { patient: await patients.reload(id), userErrors: [] };
  }

  return {
    async load(patientId: number): Promise<CareTeam | null> {
      return byPatient.load(patientId);
    },

    /** A restriction that is in force is replaced, without a moment in which there is none. */
    async restrict(viewer: Viewer, input: RestrictPatientInput): Promise<PatientOutcome> {
      if (viewer.kind !== 'user') return usersOnly;
      const validated = validate(restrictPatientInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const { reason } = validated.value;
      // Who manages the restrictions of own care teams only must not be left out of this one.
      const managesAll = mayAct(viewer, policy.find.patientRestriction, null);
      const ids = [...validated.value.careTeam, ...(managesAll ? [] : [String(viewer.id)])];
      if (ids.length === 0) return withoutCareTeam('careTeam');
      const members = await findMembers(directory, ids, 'careTeam');
      if ('problems' in members) return { patient: null, userErrors: members.problems };
      return change(viewer, validated.value, async (transaction, patientId) => {
        await careTeams.lift(transaction, patientId, viewer.id);
        await careTeams.restrict(transaction, patientId, { reason, restrictedBy: viewer.id });
        await careTeams.replaceMembers(transaction, patientId, members.memberIds, viewer.id);
        return null;
      });
    },

    async setMembers(viewer: Viewer, input: SetCareTeamInput): Promise<PatientOutcome> {
      if (viewer.kind !== 'user') return usersOnly;
      const validated = validate(setCareTeamInput, input);
      if (!validated.ok) return invalid(validated.problems);
      const members = await findMembers(directory, validated.value.members, 'members');
      if ('problems' in members) return { patient: null, userErrors: members.problems };
      return change(viewer, validated.value, async (transaction, patientId, isRestricted) => {
        if (isRestricted && members.memberIds.length === 0) return withoutCareTeam('members');
        await careTeams.replaceMembers(transaction, patientId, members.memberIds, viewer.id);
        return null;
      });
    },

    /** A record that is not restricted stays so. */
    async lift(viewer: Viewer, input: LiftPatientRestrictionInput): Promise<PatientOutcome> {
      if (viewer.kind !== 'user') return usersOnly;
      return change(viewer, input, async (transaction, patientId) => {
        await careTeams.lift(transaction, patientId, viewer.id);
        return null;
      });
    },
  };
}

const usersOnly = refused('FORBIDDEN', 'Only users restrict records.', null);

function withoutCareTeam(field: string): PatientOutcome {
  return refused('INVALID_INPUT', 'A restricted record needs a care team.', [field]);
}
