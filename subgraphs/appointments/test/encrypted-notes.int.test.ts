import { randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createScratchDatabase, keySettings, sharedDatabase } from '../../../test/cluster.js';
import { startDirectoryStandIn } from '../../../test/directory-stand-in.js';
import { runStatement } from '../../../test/held-lock.js';
import { startInVain } from '../../../test/service-process.js';
import { userViewer, type SubgraphClient } from '../../../test/subgraph-client.js';
import { startAppointmentsProcess } from './appointments-process.js';
import {
  bookAppointment,
  newBooking,
  startAppointments,
  type AppointmentsService,
} from './appointments-service.js';
import {
  BookAppointmentDocument,
  ConfirmAppointmentDocument,
  GetNotesDocument,
  UpdateAppointmentDocument,
} from './generated/operations.js';

const nurse = userViewer('NURSE');
const { databaseUrl } = sharedDatabase('appointments');
const migrations = new URL('../../../prisma/appointments/migrations/', import.meta.url);
let service: AppointmentsService;

beforeAll(async () => {
  service = await startAppointments();
});
afterAll(() => service[Symbol.asyncDispose]());

/** Notes that nobody else has. */
function newNotes(): string {
  return `Walks with a stick since ${randomUUID()}; “ça va” 🩺`;
}

async function storedNotes(id: string, database = databaseUrl): Promise<string | null | undefined> {
  const [row] = await runStatement<{ notes: string | null }>(
    database,
    'SELECT notes FROM appointments WHERE id = $1',
    [id],
  );
  return row?.notes;
}

async function readNotes(id: string, client: SubgraphClient = service) {
  const { data, errors } = await client.ask(nurse, GetNotesDocument, { id });
  return { appointment: data.appointment, codes: errors?.map(({ extensions }) => extensions?.['code']) };
}

const encrypted = expect.stringMatching(/^enc:v1:[^:]+:[\w-]+$/) as string;

describe('notes', () => {
  it('stand nowhere in the database as they were written, and are read as they were', async () => {
    await using database = await createScratchDatabase('appointments');
    await using scratch = await startAppointments({ APPOINTMENTS_DATABASE_URL: database.databaseUrl });
    const [first, second] = [newNotes(), newNotes()];
    const { id } = await bookAppointment(scratch, { notes: first, idempotencyKey: randomUUID() });
    expect((await readNotes(id, scratch)).appointment?.notes).toBe(first);
    await scratch.ask(nurse, UpdateAppointmentDocument, { input: { id, notes: second } });
    expect((await readNotes(id, scratch)).appointment?.notes).toBe(second);
    expect(await storedNotes(id, database.superuserUrl)).toEqual(encrypted);
    const tables = await runStatement<{ content: string }>(
      database.superuserUrl,
      `SELECT query_to_xml(format('SELECT * FROM %I', tablename), true, false, '')::text AS content
       FROM pg_tables WHERE schemaname = 'public'`,
    );
    const content = tables.map((table) => table.content).join();
    expect(content).toContain('Chest pain');
    for (const notes of [first, second]) expect(content).not.toContain(notes.slice(0, 60));
  });

  it('are read as they are where psql, or a version without encryption, has written them', async () => {
    const { id } = await bookAppointment(service);
    await service.database.query("UPDATE appointments SET notes = 'In clear' WHERE id = $1", [id]);
    expect(await readNotes(id)).toMatchObject({ appointment: { notes: 'In clear' }, codes: undefined });
    await service.ask(nurse, UpdateAppointmentDocument, { input: { id, notes: 'In clear' } });
    expect(await storedNotes(id)).toEqual(encrypted);
  });

  it('keep their stored form where a change leaves them as they are, which the trail then does not name', async () => {
    const notes = newNotes();
    const { id } = await bookAppointment(service, { notes });
    const before = await storedNotes(id);
    await service.ask(nurse, ConfirmAppointmentDocument, { input: { id } });
    await service.ask(nurse, UpdateAppointmentDocument, { input: { id, reason: 'Cough' } });
    await service.ask(nurse, UpdateAppointmentDocument, { input: { id, reason: 'Headache', notes } });
    expect(await storedNotes(id)).toBe(before);
    const entries = await runStatement<{ fields: string[] }>(
      databaseUrl,
      `SELECT fields FROM audit_entries
       WHERE record_type = 'appointments' AND action = 'update' AND record_ids = ARRAY[$1] ORDER BY id`,
      [id],
    );
    expect(entries.map(({ fields }) => fields)).toEqual([['status'], ['reason'], ['reason']]);
  });

  it('that are there already leave an appointment as it is when nothing else is given', async () => {
    const notes = newNotes();
    const { id } = await bookAppointment(service, { notes });
    const before = await storedNotes(id);
    const { data } = await service.ask(nurse, UpdateAppointmentDocument, { input: { id, notes } });
    expect(data.updateAppointment).toMatchObject({
      appointment: { id, status: 'SCHEDULED' },
      userErrors: [],
    });
    expect(await storedNotes(id)).toBe(before);
  });

  it('are cleared with null, and may be empty', async () => {
    const { id } = await bookAppointment(service, { notes: '' });
    expect(await storedNotes(id)).toEqual(encrypted);
    expect((await readNotes(id)).appointment?.notes).toBe('');
    await service.ask(nurse, UpdateAppointmentDocument, { input: { id, notes: null } });
    expect(await storedNotes(id)).toBeNull();
    expect((await readNotes(id)).appointment?.notes).toBeNull();
  });

  it('that were moved from another appointment cost the field, and the log names the place only', async () => {
    await using patients = await startDirectoryStandIn('patients');
    await using users = await startDirectoryStandIn('users');
    await using process = await startAppointmentsProcess(patients, users);
    const notes = newNotes();
    const [from, to] = [await bookAppointment(service, { notes }), await bookAppointment(service)];
    await service.database.query(
      'UPDATE appointments SET notes = (SELECT notes FROM appointments WHERE id = $1) WHERE id = $2',
      [from.id, to.id],
    );
    expect(await readNotes(to.id, process)).toEqual({
      appointment: { id: to.id, notes: null },
      codes: ['INTERNAL_SERVER_ERROR'],
    });
    expect((await readNotes(from.id, process)).appointment?.notes).toBe(notes);
    const named = `appointments.notes of row ${to.id} cannot be decrypted`;
    await vi.waitFor(() => {
      expect(process.log.join('\n')).toContain(named);
    });
    const log = process.log.join('\n');
    expect(log).not.toContain(notes.slice(0, 60));
    expect(log).not.toContain((await storedNotes(from.id)) ?? 'notes');
    await service.ask(nurse, UpdateAppointmentDocument, { input: { id: to.id, notes: 'Written anew' } });
    expect((await readNotes(to.id)).appointment?.notes).toBe('Written anew');
  });

  it('under a former key are read beside those under a new one, by a process that began with the former', async () => {
    await using database = await createScratchDatabase('appointments');
    const settings = { APPOINTMENTS_DATABASE_URL: database.databaseUrl };
    await using before = await startAppointments(settings);
    const [former, latter] = [newNotes(), newNotes()];
    const first = await bookAppointment(before, { notes: former });
    await runStatement(database.superuserUrl, 'UPDATE data_keys SET retired_at = now()');
    await using after = await startAppointments(settings);
    const second = await bookAppointment(after, { notes: latter });
    const keys = await Promise.all(
      [first, second].map(async ({ id }) => (await storedNotes(id, database.superuserUrl))?.split(':')[2]),
    );
    expect(new Set(keys).size).toBe(2);
    for (const client of [before, after]) {
      expect((await readNotes(first.id, client)).appointment?.notes).toBe(former);
      expect((await readNotes(second.id, client)).appointment?.notes).toBe(latter);
    }
  });
});

describe('an idempotency key of a booking with notes', () => {
  const book = async (input: ReturnType<typeof newBooking>) =>
    (await service.ask(nurse, BookAppointmentDocument, { input })).data.bookAppointment;

  it('answers the same booking again, once its notes are the same', async () => {
    const input = newBooking({ notes: newNotes(), idempotencyKey: randomUUID() });
    const answers = await Promise.all([book(input), book(input), book(input)]);
    expect(answers[0].userErrors).toEqual([]);
    for (const answer of [...answers, await book(input)]) expect(answer).toEqual(answers[0]);
    for (const notes of [newNotes(), '', null]) {
      expect((await book({ ...input, notes })).userErrors).toMatchObject([
        { code: 'IDEMPOTENCY_KEY_REUSED' },
      ]);
    }
  });

  it('answers it also when its notes have been changed since', async () => {
    const input = newBooking({ notes: newNotes(), idempotencyKey: randomUUID() });
    const id = (await book(input)).appointment?.id ?? '';
    await service.ask(nurse, UpdateAppointmentDocument, { input: { id, notes: newNotes() } });
    expect(await book(input)).toMatchObject({ appointment: { id, version: 2 }, userErrors: [] });
  });
});

describe('bookings under a key from before notes were left out of digests', () => {
  it('are forgotten where their digest may be of notes, and nowhere else', async () => {
    await using database = await createScratchDatabase('appointments');
    await using scratch = await startAppointments({ APPOINTMENTS_DATABASE_URL: database.databaseUrl });
    const bookings = [{ notes: newNotes() }, { notes: newNotes() }, {}].map((input) =>
      newBooking({ ...input, idempotencyKey: randomUUID() }),
    );
    const ids: string[] = [];
    for (const booking of bookings) ids.push((await bookAppointment(scratch, booking, nurse)).id);
    await scratch.ask(nurse, UpdateAppointmentDocument, { input: { id: ids[1] ?? '', notes: null } });
    const folder = new URL('20261124023000_forget_digests_of_notes/', migrations);
    await runStatement(database.migrationUrl, readFileSync(new URL('migration.sql', folder), 'utf8'));
    const answers = [];
    for (const input of bookings) {
      const { data } = await scratch.ask(nurse, BookAppointmentDocument, { input });
      const { appointment, userErrors } = data.bookAppointment;
      answers.push(appointment?.id ?? userErrors.map(({ code }) => code).join());
    }
    expect(answers).toEqual(['SLOT_TAKEN', 'SLOT_TAKEN', ids[2]]);
  });
});

describe('the service does not start', () => {
  it('without a master key, and says which setting is missing', async () => {
    const { code, said } = await startInVain('appointments', { ENCRYPTION_MASTER_KEY_FILE: undefined });
    expect({ code, said }).toEqual({
      code: 1,
      said: expect.stringContaining('ENCRYPTION_MASTER_KEY_FILE') as string,
    });
  });

  it('with another master key, and says which one its data key wants', async () => {
    const given = keySettings()['ENCRYPTION_MASTER_KEY_FILE'] ?? '';
    const [wanted = ''] = readFileSync(given, 'utf8').split(' ');
    const secret = randomBytes(32).toString('base64');
    const { code, said } = await startInVain('appointments', {
      ENCRYPTION_MASTER_KEY_FILE: undefined,
      ENCRYPTION_MASTER_KEY: `another ${secret}`,
    });
    expect(code).toBe(1);
    expect(said).toContain(`"${wanted}"`);
    expect(said).toContain('ENCRYPTION_MASTER_KEY');
    expect(said).not.toContain(secret);
  });

  it('with another master key of the same name', async () => {
    const given = keySettings()['ENCRYPTION_MASTER_KEY_FILE'] ?? '';
    const [wanted = ''] = readFileSync(given, 'utf8').split(' ');
    const { code, said } = await startInVain('appointments', {
      ENCRYPTION_MASTER_KEY_FILE: undefined,
      ENCRYPTION_MASTER_KEY: `${wanted} ${randomBytes(32).toString('base64')}`,
    });
    expect(code).toBe(1);
    expect(said).toContain(`does not open with the master key "${wanted}"`);
  });
});
