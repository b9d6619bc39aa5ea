import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate as turn } from 'node:timers/promises';
import { escapeIdentifier, type Client } from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import type { CopyValue, TableRows } from './table-rows.js';

/** How many characters go to the server at a time. */
const chunkLength = 64 * 1024;

/**
 * Writes rows with COPY, as fast as the server takes them and no faster.
 *
 * @param onProgress told now and then how many rows have been handed over
 */
export async function copyRows(
  client: Client,
  { table, columns, rows }: TableRows,
  onProgress: (rows: number) => void = () => undefined,
): Promise<void> {
  const target = `${escapeIdentifier(table)} (${columns.map(escapeIdentifier).join(', ')})`;
  const copy = client.query(copyFrom(`COPY ${target} FROM STDIN`));
  await pipeline(Readable.from(chunks(rows, onProgress), { objectMode: false }), copy);
}

async function* chunks(
  rows: Iterable<readonly CopyValue[]>,
  onProgress: (rows: number) => void,
): AsyncGenerator<string, void> {
  let chunk = '';
  let count = 0;
  for (const row of rows) {
    chunk += `${row.map(copyText).join('\t')}\n`;
    count += 1;
    if (chunk.length < chunkLength) continue;
    yield chunk;
    onProgress(count);
    chunk = '';
    // The server may take chunks without ever making us wait, and what encrypts the rows has its own questions to it.
    await turn();
  }
  if (chunk !== '') yield chunk;
  onProgress(count);
}

/** The text format of COPY (PostgreSQL's manual, "COPY", "File Formats"). */
function copyText(value: CopyValue): string {
  if (value === null) return '\\N';
  return String(value).replace(/[\\\t\n\r]/g, (character) => escapes[character] ?? character);
}

const escapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' };
