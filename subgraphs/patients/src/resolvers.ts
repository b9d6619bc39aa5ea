import { dateScalar, dateTimeScalar } from '@caregraph/service-kit';
import type { Resolvers } from './generated/graphql.js';
import { ageOn, fullName } from './patient.js';

export const resolvers: Resolvers = {
  Date: dateScalar,
  DateTime: dateTimeScalar,
  Query: {
    patient: (_, { id }, { patients }) => patients.load(id),
    patients: (_, { search, filter, ...page }, { patients }) => patients.list(search, filter, page),
  },
  Mutation: {
    createPatient: (_, { input }, { patients, viewer }) => patients.create(viewer, input),
    updatePatient: (_, { input }, { patients }) => patients.update(input),
    deactivatePatient: (_, { input }, { patients }) => patients.deactivate(input),
    reactivatePatient: (_, { input }, { patients }) => patients.reactivate(input),
  },
  Patient: {
    __resolveReference: ({ id }, { patients }) => patients.load(String(id)),
    fullName,
    age: ({ dateOfBirth }) => ageOn(dateOfBirth, new Date()),
    createdBy: ({ createdById }) => ({ __typename: 'User', id: createdById }),
  },
};
