import { policy, type Policy } from '@caregraph/access-policy';
import {
  createServiceClient,
  createSubgraphSchema,
  noClient,
  principals,
  serviceNames,
  type Principal,
  type ServiceName,
} from '@caregraph/service-kit';
import { isObjectType, type GraphQLFormattedError, type GraphQLSchema } from 'graphql';
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { requiredArguments, smallestSelection } from './platform/api-literals.js';
import { startPlatformProcesses, type PlatformProcesses } from './platform/platform-processes.js';
import { rootFieldRequests } from './platform/root-field-requests.js';
import { connectRows, insertAppointment, insertPatient, insertUser } from './platform/rows.js';

/*
 * Asks every subgraph for everything in the name of each process of the platform, straight, as processes ask each
 * other, and holds the answers against the table.
 */
const table: Policy = policy;
const schemas = new Map(
  serviceNames.map((service) => [
    service,
    createSubgraphSchema(new URL(`../../../subgraphs/${service}/schema.graphql`, import.meta.url), {}),
  ]),
);

let platform: PlatformProcesses;
const ids: Record<string, number> = {};

beforeAll(async () => {
  platform = await startPlatformProcesses();
  await using users = await connectRows(platform.databases.users.superuserUrl);
  await using patients = await connectRows(platform.databases.patients.superuserUrl);
  await using appointments = await connectRows(platform.databases.appointments.superuserUrl);
  const { id: doctorId } = await insertUser(users, 'DOCTOR', 'Sarah', 'Chen');
  const patientId = await insertPatient(patients, {
    firstName: 'Alice',
    lastName: 'Moreau',
    createdBy: doctorId,
  });
  ids['User'] = doctorId;
  ids['Patient'] = patientId;
  ids['Appointment'] = await insertAppointment(appointments, {
    patientId,
    doctorId,
    createdBy: doctorId,
    dateTime: '2031-03-03 09:00',
  });
  return () => platform[Symbol.asyncDispose]();
});

interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** Asks a service in the name of a process; answers the codes of the errors. */
async function codesOf(
  name: Principal,
  service: ServiceName,
  query: string,
  representations: readonly object[] = [],
): Promise<unknown[]> {
  const client = createServiceClient({
    service,
    url: `${platform.urls[service]}/graphql`,
    issuer: name,
    secret: platform.contextSecret,
    timeout: 30_000,
  });
  const call = { viewer: { kind: 'service', name }, client: noClient, requestId: randomUUID() } as const;
  const answer: Answer = await client.send({ query, variables: { representations } }, call);
  await client.close();
  return (answer.errors ?? []).map(({ extensions }) => extensions?.['code']);
}

/** Every field of the entities of a subgraph, but the keys of those that another service owns. */
function entityFields(schema: GraphQLSchema): [type: string, field: string, selection: string][] {
  return Object.keys(ids).flatMap((name) => {
    const type = schema.getType(name);
    const fields = isObjectType(type) ? Object.values(type.getFields()) : [];
    return fields
      .filter(
        ({ astNode }) => astNode?.directives?.some(({ name: { value } }) => value === 'external') !== true,
      )
      .map((field): [string, string, string] => [
        name,
        field.name,
        `${requiredArguments(field)} ${smallestSelection(field.type)}`,
      ]);
  });
}

describe.each(principals)('in the name of %s,', (principal) => {
  const may = (allowed: boolean): string[] => (allowed ? [] : ['FORBIDDEN']);

  it.each([...schemas])('%s answers of its entities what the table says', async (service, schema) => {
    const fields = entityFields(schema);
    expect(fields.length).toBeGreaterThan(0);
    const entities = table.query['_entities']?.[principal] === 'yes';
    for (const [type, field, selection] of fields) {
      const query = `query ($representations: [_Any!]!) {
        _entities(representations: $representations) { ... on ${type} { ${field} ${selection} } }
      }`;
      const codes = await codesOf(principal, service, query, [{ __typename: type, id: String(ids[type]) }]);
      const allowed = entities && table.read[type]?.[field]?.[principal] === 'yes';
      expect([type, field, ...codes]).toEqual([type, field, ...may(allowed)]);
    }
  });

  it.each([...schemas])(
    '%s answers of its queries and mutations what the table says',
    async (service, schema) => {
      const requests = rootFieldRequests(schema).filter(([field]) => !field.startsWith('_'));
      expect(requests.length).toBeGreaterThan(0);
      for (const [field, request] of requests) {
        const rule = table.query[field] ?? table.mutate[field];
        const codes = await codesOf(principal, service, request);
        expect([field, ...codes]).toEqual([field, ...may(rule?.[principal] === 'yes')]);
      }
    },
  );

  it.each([...schemas.keys()])('%s shows its contract only to whom the table does', async (service) => {
    const allowed = table.query['_service']?.[principal] === 'yes';
    expect(await codesOf(principal, service, '{ _service { sdl } }')).toEqual(may(allowed));
  });
});
