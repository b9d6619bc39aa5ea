import { policy, type Policy } from '@caregraph/access-policy';
import { roles, type Role } from '@caregraph/service-kit';
import { isObjectType } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { fullSelection } from './platform/api-literals.js';
import { startClinic, type Clinic } from './platform/clinic.js';
import { recordAt, recordReads, type IsOpen } from './platform/record-reads.js';
import { api, rootFieldRequests } from './platform/root-field-requests.js';

/*
 * Reads every field of every type of record as every role, and holds what the services answer against the table. What
 * is expected is read from the table alone, so that a guard that is missing, or that denies too much, shows here.
 */
const table: Policy = policy;

/** The ways that the table leaves open to a role: of what is behind others, it reads nothing. */
function openTo(role: Role): IsOpen {
  return (type, field) =>
    (type === 'Query' ? table.query[field] : table.read[type]?.[field])?.[role] !== 'no';
}

let clinic: Clinic;

beforeAll(async () => {
  clinic = await startClinic();
  return () => clinic[Symbol.asyncDispose]();
});

/** The arguments with which each query finds a record that is not the viewer's own. */
function calls(): Record<string, string | null> {
  const { doctorId, patientId, appointmentId } = clinic;
  return {
    me: null,
    user: `(id: "${doctorId}")`,
    patient: `(id: "${patientId}")`,
    appointment: `(id: "${appointmentId}")`,
    availableSlots: `(doctorId: "${doctorId}", from: "2031-03-03T00:00:00Z", to: "2031-03-10T00:00:00Z", duration: 30)`,
  };
}

/** The types that a role comes to. */
function typesFor(role: Role): string[] {
  return recordReads({}, openTo(role))
    .map(({ type }) => type)
    .sort();
}

it('some role comes to every type that queries lead to', () => {
  const types = recordReads({}).map(({ type }) => type);
  expect([...new Set(roles.flatMap(typesFor))].sort()).toEqual(types.sort());
});

describe.each(roles)('what a %s reads', (role) => {
  it.each(rootFieldRequests().filter(([field]) => table.query[field]?.[role] === 'no'))(
    'of the query %s is nothing',
    async (field, request) => {
      const { data, errors } = await clinic.platform.query(request, clinic.accounts[role]);
      expect(data).toEqual({ [field]: null });
      expect(errors).toMatchObject([{ path: [field], extensions: { code: 'FORBIDDEN' } }]);
    },
  );

  it.each(typesFor(role))('of a %s is what the table says', async (type) => {
    const read = recordReads(calls(), openTo(role)).find((candidate) => candidate.type === type);
    const { data, errors } = await clinic.platform.query(read?.request ?? '', clinic.accounts[role]);
    const record = recordAt(data, read?.path ?? []);
    expect(record, `a record to be found with ${read?.request ?? type}`).toBeTypeOf('object');
    expect(record).not.toBeNull();
    const denied = (read?.fields ?? []).filter((field) => table.read[type]?.[field]?.[role] !== 'yes');
    expect(
      new Set(errors?.map(({ path, extensions }) => `${path?.at(-1)} ${String(extensions?.['code'])}`)),
    ).toEqual(new Set(denied.map((field) => `${field} FORBIDDEN`)));
    expect(denied.map((field) => recordAt(record, [field]))).toEqual(denied.map(() => null));
  });

  it('of the own account is what the table says', async () => {
    const type = api.getType('User');
    if (!isObjectType(type)) throw new Error('There is no User.');
    const { data, errors } = await clinic.platform.query(
      `{ me ${fullSelection(type)} }`,
      clinic.accounts[role],
    );
    expect(errors).toBeUndefined();
    const { id, email } = clinic.accounts[role];
    expect(data?.['me']).toMatchObject({ id: String(id), email });
    expect(Object.values(table.read['User'] ?? {}).filter((rule) => rule[role] === 'no')).toEqual([]);
  });
});

describe.each(roles)('what a %s finds', (role) => {
  it('of accounts is what the table says', async () => {
    const { platform, accounts } = clinic;
    const { account, doctor } = policy.find;
    for (const other of roles) {
      const { id } = await clinic.addUser(other);
      const { data, errors } = await platform.query(`{ user(id: "${id}") { id } }`, accounts[role]);
      const finds = (other === 'DOCTOR' ? doctor : account)[role] === 'yes';
      expect(errors).toBeUndefined();
      expect(data).toEqual({ user: finds ? { id: String(id) } : null });
    }
    const { data } = await platform.query(
      '{ users(first: 100) { edges { node { role } } } }',
      accounts[role],
    );
    const listed = (data?.['users'] as { edges: { node: { role: Role } }[] }).edges.map(
      ({ node }) => node.role,
    );
    expect([...new Set(listed)].sort()).toEqual(account[role] === 'yes' ? [...roles] : ['DOCTOR']);
  });

  it('of sessions is what the table says', async () => {
    const { platform, accounts } = clinic;
    const other = await clinic.addUser('NURSE');
    await clinic.addSession(other.id);
    for (const [userId, decisions] of [
      [accounts[role].id, ['yes', 'own']],
      [other.id, ['yes']],
    ] as const) {
      const { data, errors } = await platform.query(
        `{ sessions(userId: "${userId}") { edges { node { id } } } }`,
        accounts[role],
      );
      expect(errors).toBeUndefined();
      const finds = decisions.some((decision) => decision === policy.find.session[role]);
      expect(recordAt(data, ['sessions', 'edges']) !== undefined).toBe(finds);
    }
  });
});
