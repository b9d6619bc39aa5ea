import { mayAct, policy } from '@caregraph/access-policy';
import {
  createServiceClient,
  fault,
  followDocument,
  restrictedPatientsDocument,
  type FollowedDocument,
  type Logger,
  type ProcessTls,
  type Viewer,
} from '@caregraph/service-kit';
import type { Config } from './config.js';

/** How often the patients service is asked which records are restricted, and how long it may take, in milliseconds. */
const interval = 1_000;
const timeout = 2_000;

/** The care team of each patient whose record is restricted, by the patient's id. */
type CareTeams = ReadonlyMap<number, ReadonlySet<number>>;

const careTeams = restrictedPatientsDocument.schema.transform(
  ({ restricted }): CareTeams =>
    new Map(restricted.map(({ patientId, careTeam }) => [patientId, new Set(careTeam)])),
);

/** Of which patients nothing may be told to whom. */
export interface PatientRestrictions {
  /**
   * The patients of whom the viewer may not know, so that their appointments do not exist. Throws
   * `DOWNSTREAM_SERVICE_ERROR` where the patients service has never said so, or not for too long: what is not known
   * is told to nobody.
   */
  hiddenFrom(viewer: Viewer): readonly number[];
  /** Rejects where `hiddenFrom` throws. */
  checkKnown(): Promise<void>;
}

/**
 * Follows the patients service's restrictions; `close` ends that. One takes effect here with the next answer: within
 * two seconds as long as answers take less than half of one, within five if they take as long as they may. While that
 * service cannot be asked, those stay that were known last, for `RESTRICTIONS_OUTAGE_SECONDS`.
 */
export function followRestrictions(
  config: Config,
  tls: ProcessTls,
  logger: Logger,
): PatientRestrictions & { close(): Promise<void> } {
  // A client of its own: a question that hangs must not last as long as a call may.
  const client = createServiceClient({
    service: 'patients',
    url: config.PATIENTS_URL,
    issuer: 'appointments',
    secret: config.SERVICE_CONTEXT_SECRET,
    tls,
    timeout,
  });
  const document = followDocument({
    client,
    path: restrictedPatientsDocument.path,
    schema: careTeams,
    interval,
    logger,
  });
  return {
    ...createPatientRestrictions(document, config.RESTRICTIONS_OUTAGE_SECONDS * 1_000),
    close() {
      document.stop();
      return client.close();
    },
  };
}

/** `maximumAge`, in milliseconds, is for how long restrictions hold that nobody has confirmed. */
export function createPatientRestrictions(
  document: Pick<FollowedDocument<CareTeams>, 'current' | 'age'>,
  maximumAge: number,
): PatientRestrictions {
  const rule = policy.find.restrictedPatient;

  function knownTeams(): CareTeams {
    const teams = document.current();
    if (teams === null) {
      throw fault('DOWNSTREAM_SERVICE_ERROR', 'Which patients are restricted is not known yet; try again.');
    }
    // A network that is cut says nothing either: somebody may have been restricted a long time ago.
    if (document.age() > maximumAge) {
      throw fault(
        'DOWNSTREAM_SERVICE_ERROR',
        'Which patients are restricted is not known any more; try again.',
      );
    }
    return teams;
  }

  return {
    hiddenFrom(viewer) {
      const teams = knownTeams();
      if (mayAct(viewer, rule, null)) return [];
      const isMember = (team: ReadonlySet<number>): boolean =>
        viewer.kind === 'user' && team.has(viewer.id) && mayAct(viewer, rule, viewer.id);
      return [...teams].flatMap(([patientId, team]) => (isMember(team) ? [] : [patientId]));
    },
    async checkKnown() {
      await Promise.resolve(knownTeams());
    },
  };
}
