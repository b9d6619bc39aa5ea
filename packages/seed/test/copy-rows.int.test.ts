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
