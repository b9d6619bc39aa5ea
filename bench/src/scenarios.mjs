import { bookingArguments, doctorDays, patientPages, searches } from './arguments.mjs';
import { joins } from './joins.mjs';

/**
 * One thing that people do all day.
 *
 * @typedef {object} Scenario
 * @property {string} name
 * @property {string} query
 * @property {readonly object[]} variables of one request after the other
 * @property {string} proof what is in every right answer
 * @property {Join} [join] the same rows by one statement
 *
 * @typedef {object} Join
 * @property {string} sql
 * @property {(variables: any) => unknown[]} values of its parameters
 * @property {(data: any) => unknown[][]} rowsOf what the two must agree on, out of GraphQL's data
 * @property {(row: any) => unknown[]} rowOf the same out of a row
 */

/**
 * The scenarios, with arguments that fit the data.
 *
 * @param {import('pg').Pool} joined
 * @returns {Promise<Scenario[]>}
 */
export async function createScenarios(joined) {
  return [
    {
      name: "a doctor's day",
      query: `query DoctorsDay($doctorId: ID!, $from: DateTime!) {
        appointments(filter: { doctorId: $doctorId, from: $from }, first: 50) {
          edges { node {
            id dateTime endsAt type status reason
            patient { id fullName age allergies }
            doctor { id fullName }
          } }
        }
      }`,
      variables: await doctorDays(joined),
      proof: '"fullName"',
      join: joins.doctorsDay,
    },
    {
      name: "a patient's page",
      query: `query PatientPage($id: ID!, $from: DateTime!) {
        patient(id: $id) {
          id fullName dateOfBirth age gender phone email
          address { line city state zipCode }
          insurance { provider policyNumber }
          emergencyContact { name phone relationship }
          medicalHistory allergies medications
          appointments(filter: { from: $from }, first: 20) {
            edges { node { id dateTime endsAt type status reason notes doctor { id fullName } } }
          }
        }
      }`,
      variables: await patientPages(joined),
      proof: '"doctor"',
      join: joins.patientPage,
    },
    {
      name: 'search',
      query: `query Search($search: String!) {
        patients(search: $search, first: 20) {
          edges { node { id fullName dateOfBirth age gender phone email } }
        }
      }`,
      variables: await searches(joined),
      proof: '"dateOfBirth"',
      join: joins.search,
    },
    {
      name: 'book',
      query: `mutation Book($input: BookAppointmentInput!) {
        bookAppointment(input: $input) {
          appointment { id dateTime endsAt status version patient { id fullName } doctor { id fullName } }
          userErrors { code message field }
        }
      }`,
      variables: await bookingArguments(joined),
      proof: '"userErrors":[]',
    },
  ];
}
