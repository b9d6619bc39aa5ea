import { Client } from 'pg';
import { expect, it } from 'vitest';
import { superuserUrl } from '../../../test/cluster.js';
import { copyRows } from '../src/copy-rows.js';

it('copies every text as it is, and NULL as NULL', async () => {
  const texts = ['', 'a\tb', 'two\nlines\r', 'C:\\N', '\\N', '\\.', "O'Brien “ß”", null];
  const client = new Client({ connectionString: superuserUrl() });
  await client.connect();
  try {
    await client.query('CREATE TEMPORARY TABLE "odd texts" (place integer, content text)');
    await copyRows(client, {
      ...{ table: 'odd texts', columns: ['place', 'content'], count: texts.length },
      rows: texts.map((text, place) => [place, text]),
    });
    const { rows } = await client.query<{ content: string | null }>(
      'SELECT content FROM "odd texts" ORDER BY place',
    );
    expect(rows.map(({ content }) => content)).toEqual(texts);
  } finally {
    await client.end();
  }
});

it('lets the process turn to something else after each part, however fast the server takes them', async () => {
  const count = 20_000;
  const text = 'x'.repeat(200);
  let made = 0;
  let madeAtTurn = 0;
  let longest = 0;
  function* rows() {
    for (; made < count; made += 1) yield [made, text];
  }
  const turn = (): void => {
    longest = Math.max(longest, made - madeAtTurn);
    madeAtTurn = made;
    if (made < count) setImmediate(turn);
  };
  const client = new Client({ connectionString: superuserUrl() });
  await client.connect();
  try {
    await client.query('CREATE TEMPORARY TABLE parts (place integer, content text)');
    setImmediate(turn);
    await copyRows(client, { table: 'parts', columns: ['place', 'content'], count, rows: rows() });
  } finally {
    await client.end();
  }
  // A part has about 320 rows, and no more than two are made in one turn.
  expect(longest).toBeGreaterThan(0);
  expect(longest).toBeLessThan(1_000);
});
