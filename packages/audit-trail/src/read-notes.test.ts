import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createReadNotes } from './read-notes.js';

const patient = { name: 'Patient', patientId: 'id' };
const ada = { id: 1 };
const grace = { id: 2 };

it('a page of records of which the same fields were read, in whatever order, is one event', () => {
  const notes = createReadNotes();
  notes.add(patient, ada, 'id', null);
  notes.add(patient, grace, 'allergies', null);
  notes.add(patient, ada, 'allergies', null);
  notes.add(patient, grace, 'id', null);
  expect(notes.events()).toEqual([
    {
      action: 'READ',
      outcome: 'SUCCESS',
      recordType: 'Patient',
      recordIds: [1, 2],
      patientIds: [1, 2],
      fields: ['allergies', 'id'],
    },
  ]);
});

it('a refusal is an event of its own, with its code', () => {
  const notes = createReadNotes();
  notes.add(patient, ada, 'id', null);
  notes.add(patient, ada, 'allergies', 'FORBIDDEN');
  expect(notes.events()).toMatchObject([
    { outcome: 'SUCCESS', fields: ['id'] },
    { outcome: 'DENIED', fields: ['allergies'], code: 'FORBIDDEN' },
  ]);
});

it('a record of which nothing is asked is noted without fields', () => {
  const notes = createReadNotes();
  notes.add(patient, ada, null, null);
  expect(notes.events()).toMatchObject([{ recordIds: [1], fields: [] }]);
});

it('a patient with several records is named once', () => {
  const notes = createReadNotes();
  const appointment = { name: 'Appointment', patientId: 'patientId' };
  for (const id of [5, 6]) notes.add(appointment, { id, patientId: 1 }, 'notes', null);
  expect(notes.events()).toMatchObject([{ recordIds: [5, 6], patientIds: [1] }]);
});

it('what has no id leaves no note', () => {
  const notes = createReadNotes();
  for (const record of [null, undefined, 'x', {}, { id: null }]) notes.add(patient, record, 'notes', null);
  expect(notes.events()).toEqual([]);
});

it('gathering loses no field of any record, and makes none up', () => {
  const types = ['Patient', 'Appointment'].map((name) => ({ name, patientId: null }));
  const access = fc.record({
    type: fc.constantFrom(...types),
    record: fc.constantFrom(...[1, 2, 3, 4, 4].map((id) => ({ id }))),
    field: fc.constantFrom('id', 'allergies', 'notes', 'ab', 'a', 'b'),
    refusal: fc.constantFrom(null, 'FORBIDDEN', 'UNAUTHENTICATED'),
  });
  fc.assert(
    fc.property(fc.array(access), (accesses) => {
      const notes = createReadNotes();
      for (const { type, record, field, refusal } of accesses) notes.add(type, record, field, refusal);
      const told = notes
        .events()
        .flatMap(({ recordType, recordIds, fields, code }) =>
          (recordIds ?? []).flatMap((id) =>
            (fields ?? []).map((field) => JSON.stringify([recordType, id, field, code ?? null])),
          ),
        );
      const done = accesses.map(({ type, record, field, refusal }) =>
        JSON.stringify([type.name, record.id, field, refusal]),
      );
      expect(told.toSorted()).toEqual([...new Set(done)].sort());
    }),
  );
});
