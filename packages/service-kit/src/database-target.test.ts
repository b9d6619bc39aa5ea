import { expect, test } from 'vitest';
import { databaseTarget, quoteIdentifier } from './database-target.js';

function optionsOf(url: string): string | null {
  return new URL(databaseTarget(url).connection.connectionString).searchParams.get('options');
}

test('names are looked for in public, in UTC, unless the URL names a schema', () => {
  const target = databaseTarget(
    'postgresql://owner:secret@db.example.org:5432/user_service_db?connect_timeout=5',
  );
  expect(target).toMatchObject({ schema: 'public', database: 'user_service_db' });
  expect(target.connection.connectionString).toMatch(
    /^postgresql:\/\/owner:secret@db\.example\.org:5432\/user_service_db\?connect_timeout=5&/,
  );
  expect(optionsOf('postgresql://localhost/a')).toBe('-c TimeZone=UTC -c search_path=public');
});

test('a schema comes before public, and is no parameter of the connection', () => {
  const url = 'postgresql://localhost/care?schema=users&options=-c%20statement_timeout%3D1000';
  const target = databaseTarget(url);
  expect(target.schema).toBe('users');
  expect(target.connection.connectionString).not.toContain('schema=users');
  expect(optionsOf(url)).toBe('-c statement_timeout=1000 -c TimeZone=UTC -c search_path="users",public');
});

test('whatever the name of a schema is, it stays one name', () => {
  expect(optionsOf('postgresql://localhost/care?schema=a%20%22b%22%20%5C')).toBe(
    String.raw`-c TimeZone=UTC -c search_path="a\ ""b""\ \\",public`,
  );
  expect(quoteIdentifier('no"body')).toBe('"no""body"');
});

test.each(['', 'localhost', 'mysql://root:secret@localhost/a', 'postgresql://owner:secret@localhost'])(
  'refuses %j without repeating it',
  (url) => {
    expect(() => databaseTarget(url)).toThrow(/^The database URL is not/);
  },
);
