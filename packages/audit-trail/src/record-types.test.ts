import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { columnNamesOf, typeNameOf } from './record-types.js';

const services = ['users', 'patients', 'appointments'];
const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const contracts = services.map((service) => read(`subgraphs/${service}/schema.graphql`)).join('\n');
const models = services.map((service) => read(`prisma/${service}/schema.prisma`)).join('\n');

it.each([
  ['User', 'users'],
  ['UserSession', 'sessions'],
  ['Patient', 'patients'],
  ['Appointment', 'appointments'],
  ['DoctorSchedule', 'doctor_schedules'],
  ['SlotHold', 'slot_holds'],
])('%s and the rows of %s are one kind of records, by whichever name somebody asks', (type, table) => {
  expect([columnNamesOf(type), columnNamesOf(table)]).toEqual([
    [type, table],
    [type, table],
  ]);
  expect([typeNameOf(type), typeNameOf(table)]).toEqual([type, type]);
  expect(contracts).toContain(`\ntype ${type} `);
  expect(models).toContain(`@@map("${table}")`);
});

it.each(['care_team_members', 'AuditEntry', 'constructor'])('%s has one name only', (name) => {
  expect(columnNamesOf(name)).toEqual([name]);
  expect(typeNameOf(name)).toBe(name);
});
