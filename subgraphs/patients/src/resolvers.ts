import { readText } from '@caregraph/encryption';
import { dateScalar, dateTimeScalar } from '@caregraph/service-kit';
import type { Resolvers } from './generated/graphql.js';
import { ageOn, fullName } from './patient.js';

export const resolvers: Resolvers = {
  Date: dateScalar,
  DateTime: dateTimeScalar,
  Query: {
    patient: (_, { id }, { patients }) => patients.load(id),
    patients: (_, { search, filter, ...page }, { patients }) => patients.list(search, filter, page),
    patientsAuditLog: (_, list, { auditLog }) => auditLog.list(list),
  },
  Mutation: {
    createPatient: (_, { input }, { patients, viewer }) => patients.create(viewer, input),
    updatePatient: (_, { input }, { patients }) => patients.update(input),
    deactivatePatient: (_, { input }, { patients }) => patients.deactivate(input),
    reactivatePatient: (_, { input }, { patients }) => patients.reactivate(input),
    restrictPatient: (_, { input }, { careTeams, viewer }) => careTeams.restrict(viewer, input),
    setCareTeam: (_, { input }, { careTeams, viewer }) => careTeams.setMembers(viewer, input),
    liftPatientRestriction: (_, { input }, { careTeams, viewer }) => careTeams.lift(viewer, input),
  },
  Patient: {
    __resolveReference: ({ id }, { patients }) => patients.load(String(id)),
    fullName,
    age: ({ dateOfBirth }) => ageOn(dateOfBirth, new Date()),
    medicalHistory: ({ medicalHistory }, _, { cipher }) => readText(cipher, medicalHistory),
    allergies: ({ allergies }, _, { cipher }) => readText(cipher, allergies),
    medications: ({ medications }, _, { cipher }) => readText(cipher, medications),
    isRestricted: async ({ id }, _, { careTeams }) => (await careTeams.load(id))?.isRestricted ?? null,
    careTeam: async ({ id }, _, { careTeams }) =>
      (await careTeams.load(id))?.memberIds.map((userId) => ({ __typename: 'User', id: userId })) ?? null,
    createdBy: ({ createdById }) => ({ __typename: 'User', id: createdById }),
    accessLog: ({ id }, page, { auditLog }) => auditLog.list({ ...page, filter: { patientId: String(id) } }),
  },
  AuditActor: {
    user: ({ userId }) => (userId === null ? null : { __typename: 'User', id: userId }),
  },
  Insurance: {
    policyNumber: ({ policyNumber }, _, { cipher }) => readText(cipher, policyNumber),
  },
};
