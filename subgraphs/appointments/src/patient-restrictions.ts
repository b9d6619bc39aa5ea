import { mayAct, policy } from '@caregraph/access-policy';
import {
  fault,
  followDocument,
  restrictedPatientsDocument,
  type Logger,
  type ServiceClient,
  type Viewer,
} from '@caregraph/service-kit';

/** How often the patients service is asked which records are restricted, in milliseconds. */
const interval = 1_000;

/** The care team of each patient whose record is restricted, by the patient's id. */
const careTeams = restrictedPatientsDocument.schema.transform(
  ({ restricted }): ReadonlyMap<number, ReadonlySet<number>> =>
    new Map(restricted.map(({ patientId, careTeam }) => [patientId, new Set(careTeam)])),
);

/** Of which patients nothing may be told to whom. */
export interface PatientRestrictions {
  /**
   * The patients of whom the viewer may not know, so that their appointments do not exist. Throws
   * `DOWNSTREAM_SERVICE_ERROR` until the patients service has said so once: what is not known is told to nobody.
   */
  hiddenFrom(viewer: Viewer): readonly number[];
  /** Rejects until the restrictions are known. */
  checkKnown(): Promise<void>;
  stop(): void;
}

/**
 * Follows the patients service's restrictions. One takes effect here within the interval and an answer's time, two
 * seconds at most; while that service cannot be asked, those stay that were known last.
 */
export function followRestrictions(patients: ServiceClient, logger: Logger): PatientRestrictions {
  const document = followDocument({
    client: patients,
    path: restrictedPatientsDocument.path,
    schema: careTeams,
    interval,
    logger,
  });
  const rule = policy.find.restrictedPatient;
  return {
    hiddenFrom(viewer) {
      const known = document.current();
      if (known === null) {
        throw fault('DOWNSTREAM_SERVICE_ERROR', 'Which patients are restricted is not known yet; try again.');
      }
      if (mayAct(viewer, rule, null)) return [];
      const isMember = (team: ReadonlySet<number>): boolean =>
        viewer.kind === 'user' && team.has(viewer.id) && mayAct(viewer, rule, viewer.id);
      return [...known].flatMap(([patientId, team]) => (isMember(team) ? [] : [patientId]));
    },
    checkKnown: () =>
      document.current() === null
        ? Promise.reject(new Error('Which patients are restricted is not known yet.'))
        : Promise.resolve(),
    stop() {
      document.stop();
    },
  };
}
