import { setImmediate as turnOfEventLoop } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { createEntryWriter, type CommitEntries } from './entry-writer.js';

/** A statement that a test lets succeed or fail. */
interface Statement {
  readonly succeed: () => void;
  readonly fail: (error: Error) => void;
}

/** A database of which a test awaits, and ends, each statement. */
function createDatabase() {
  const batches: string[][] = [];
  const begun: Statement[] = [];
  let awaited: ((statement: Statement) => void) | null = null;
  const commit: CommitEntries = (entries) => {
    batches.push([...entries]);
    return new Promise((resolve, reject) => {
      const statement = { succeed: resolve, fail: reject };
      if (awaited === null) begun.push(statement);
      else awaited(statement);
      awaited = null;
    });
  };
  const statement = (): Promise<Statement> => {
    const first = begun.shift();
    if (first !== undefined) return Promise.resolve(first);
    return new Promise((resolve) => {
      awaited = resolve;
    });
  };
  return {
    batches,
    commit,
    succeed: async () => {
      (await statement()).succeed();
    },
    fail: async (error: Error) => {
      (await statement()).fail(error);
    },
  };
}

function databaseError(code: string): Error {
  return Object.assign(new Error('refused'), { code });
}

describe('the writer of entries', () => {
  it('commits together what comes while a statement is under way', async () => {
    const database = createDatabase();
    const writer = createEntryWriter(database.commit);
    const first = writer.append(['a']);
    await turnOfEventLoop();
    const others = Promise.all([writer.append(['b', 'b']), writer.append(['c'])]);
    await database.succeed();
    await first;
    await database.succeed();
    await others;
    expect(database.batches).toEqual([['a'], ['b', 'b', 'c']]);
  });

  it('commits together what is answered in one turn of the event loop', async () => {
    const database = createDatabase();
    const writer = createEntryWriter(database.commit);
    const all = Promise.all(['a', 'b', 'c'].map((name) => writer.append([name])));
    await database.succeed();
    await all;
    expect(database.batches).toEqual([['a', 'b', 'c']]);
  });

  it('bounds a statement, and keeps the entries of one request together', async () => {
    const batches: number[] = [];
    const writer = createEntryWriter((entries) => {
      batches.push(entries.length);
      return Promise.resolve();
    });
    const sizes = [1, 300, 300, 600, 1];
    await Promise.all(sizes.map((size) => writer.append(Array.from({ length: size }, () => 'x'))));
    expect(batches).toEqual([301, 300, 600, 1]);
  });

  it.each(['22P05', '23514'])(
    'lets an entry that is refused with %s fail its own request alone',
    async (code) => {
      const written: string[] = [];
      const writer = createEntryWriter((entries) => {
        if (entries.includes('bad')) return Promise.reject(databaseError(code));
        written.push(...entries);
        return Promise.resolve();
      });
      const names = ['first', 'a', 'b', 'bad', 'c', 'd'];
      const results = await Promise.allSettled(names.map((name) => writer.append([name])));
      expect(results.map(({ status }) => status)).toEqual([
        ...['fulfilled', 'fulfilled', 'fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      ]);
      expect(written.toSorted()).toEqual(['a', 'b', 'c', 'd', 'first']);
    },
  );

  it('fails every request of a statement that the database did not carry out, and goes on', async () => {
    const database = createDatabase();
    const writer = createEntryWriter(database.commit);
    const first = writer.append(['a']);
    await turnOfEventLoop();
    const failed = Promise.allSettled([writer.append(['b']), writer.append(['c'])]);
    await database.succeed();
    await first;
    await database.fail(databaseError('57P01'));
    expect((await failed).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const next = writer.append(['d']);
    await database.succeed();
    await next;
    expect(database.batches).toEqual([['a'], ['b', 'c'], ['d']]);
  });

  it('refuses what would wait behind more than 10,000 entries, and takes more once they are written', async () => {
    const database = createDatabase();
    const writer = createEntryWriter(database.commit);
    const under = writer.append(['a']);
    await turnOfEventLoop();
    const waiting = writer.append(Array.from({ length: 10_000 }, () => 'b'));
    await expect(writer.append(['c'])).rejects.toThrow('Too many audit entries wait');
    await database.succeed();
    await under;
    await database.succeed();
    await waiting;
    const next = writer.append(['d']);
    await database.succeed();
    await next;
    expect(database.batches.map((batch) => batch.length)).toEqual([1, 10_000, 1]);
  });

  it('settles once nothing waits', async () => {
    const database = createDatabase();
    const writer = createEntryWriter(database.commit);
    await writer.settled();
    const appended = writer.append(['a']);
    const order: string[] = [];
    const settled = writer.settled().then(() => order.push('settled'));
    void appended.then(() => order.push('appended'));
    await database.succeed();
    await settled;
    expect(order).toEqual(['appended', 'settled']);
  });
});
