import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createReadNotes } from './read-notes.js';

const ada = { type: 'Patient', id: 1, patientId: 1 };
const grace = { type: 'Patient', id: 2, patientId: 2 };

it('a page of records of which the same fields were read, in whatever order, is one event', () => {
  const notes = createReadNotes();
  notes.add(ada, 'id', null);
  notes.add(grace, 'allergies', null);
  notes.add(ada, 'allergies', null);
  notes.add(grace, 'id', null);
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
  notes.add(ada, 'id', null);
  notes.add(ada, 'allergies', 'FORBIDDEN');
  expect(notes.events()).toMatchObject([
    { outcome: 'SUCCESS', fields: ['id'] },
    { outcome: 'DENIED', fields: ['allergies'], code: 'FORBIDDEN' },
  ]);
});

it('a record of which nothing is asked is noted without fields', () => {
  const notes = createReadNotes();
  notes.add(ada, null, null);
  expect(notes.events()).toMatchObject([{ recordIds: [1], fields: [] }]);
});

it('a patient with several records is named once', () => {
  const notes = createReadNotes();
  for (const id of [5, 6]) notes.add({ type: 'Appointment', id, patientId: 1 }, 'notes', null);
  expect(notes.events()).toMatchObject([{ recordIds: [5, 6], patientIds: [1] }]);
});

it('gathering loses no field of any record, and makes none up', () => {
  const access = fc.record({
    type: fc.constantFrom('Patient', 'Appointment'),
    id: fc.integer({ min: 1, max: 6 }),
    field: fc.constantFrom('id', 'allergies', 'notes', 'ab', 'a', 'b'),
    refusal: fc.constantFrom(null, 'FORBIDDEN', 'UNAUTHENTICATED'),
  });
  fc.assert(
    fc.property(fc.array(access), (accesses) => {
      const notes = createReadNotes();
      for (const { type, id, field, refusal } of accesses) {
        notes.add({ type, id, patientId: null }, field, refusal);
      }
      const told = notes
        .events()
        .flatMap(({ recordType, recordIds, fields, code }) =>
          (recordIds ?? []).flatMap((id) =>
            (fields ?? []).map((field) => JSON.stringify([recordType, id, field, code ?? null])),
          ),
        );
      const done = accesses.map(({ type, id, field, refusal }) => JSON.stringify([type, id, field, refusal]));
      expect(told.toSorted()).toEqual([...new Set(done)].sort());
    }),
  );
});
