import type { CodegenConfig } from '@graphql-codegen/cli';

const scalars = {
  ID: { input: 'string', output: 'number | string' },
  DateTime: 'Date',
  Date: 'string',
  LocalTime: 'string',
};

/** What every service answers about its own audit trail. */
const auditLogMappers = {
  AuditActor: '@caregraph/audit-trail#AuditActor as AuditActorModel',
  AuditEntryConnection: '@caregraph/audit-trail#AuditLogPage',
};

/** Types for the resolvers of one subgraph, out of its contract; `mappers` name what resolvers hand on. */
function resolverTypes(service: string, mappers: Record<string, string>): CodegenConfig['generates'] {
  return {
    [`subgraphs/${service}/src/generated/graphql.ts`]: {
      schema: `subgraphs/${service}/schema.graphql`,
      plugins: ['typescript', 'typescript-resolvers'],
      config: {
        federation: true,
        contextType: '../context.js#RequestContext',
        mappers: { ...auditLogMappers, ...mappers },
        scalars,
        enumsAsTypes: true,
        useTypeImports: true,
        immutableTypes: true,
        emitLegacyCommonJSImports: false,
        optionalResolveType: true,
        defaultScalarType: 'unknown',
        inputMaybeValue: 'T | null | undefined',
        resolverTypeWrapperSignature: 'Promise<T> | T',
      },
    },
  };
}

/** What the tests of a workspace send, typed, out of a folder of `.graphql` files. */
function testOperations(workspace: string, schema: string, folder: string): CodegenConfig['generates'] {
  return {
    [`${workspace}/test/generated/operations.ts`]: {
      schema,
      documents: `${workspace}/${folder}/*.graphql`,
      plugins: ['typescript-operations', 'typed-document-node'],
      config: {
        federation: true,
        scalars: { ID: 'string', DateTime: 'string', Date: 'string', LocalTime: 'string' },
        useTypeImports: true,
        immutableTypes: true,
        defaultScalarType: 'unknown',
      },
    },
  };
}

/** Generated code is not committed: `npm run codegen` (a part of every build) makes it from the contracts. */
const config: CodegenConfig = {
  generates: {
    ...resolverTypes('users', {
      User: '../user.js#User as UserModel',
      UserConnection: '../user.js#UserConnection as UserPage',
      UserSession: '../user-session.js#UserSession as UserSessionModel',
      UserSessionConnection: '../user-session.js#UserSessionConnection as UserSessionPage',
    }),
    ...resolverTypes('patients', {
      Patient: '../patient.js#Patient as PatientModel',
      PatientConnection: '../patient.js#PatientConnection as PatientPage',
      Insurance: '../patient.js#Insurance as InsuranceModel',
    }),
    ...resolverTypes('appointments', {
      Appointment: '../appointment.js#Appointment as AppointmentModel',
      AppointmentConnection: '../appointment.js#AppointmentConnection as AppointmentPage',
      AppointmentTransition:
        '../appointment-history-repository.js#AppointmentTransition as AppointmentTransitionModel',
      Patient: '../references.js#PatientReference',
      SlotHold: '../slot-hold.js#SlotHold as SlotHoldModel',
      User: '../references.js#UserReference',
      ScheduleException: '../schedule-exception.js#ScheduleException as ScheduleExceptionModel',
      Slot: '../slot-service.js#Slot as SlotModel',
    }),
    ...testOperations('gateway', 'gateway/api.graphql', 'operations'),
    ...testOperations('subgraphs/users', 'subgraphs/users/schema.graphql', 'test'),
    ...testOperations('subgraphs/patients', 'subgraphs/patients/schema.graphql', 'test'),
    ...testOperations('subgraphs/appointments', 'subgraphs/appointments/schema.graphql', 'test'),
  },
};

export default config;
