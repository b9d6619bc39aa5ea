import { roles } from '@caregraph/service-kit';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { roleMapping } from './user.js';

it('maps every role to a value that the column allows, and back', () => {
  const migration = new URL(
    '../../../prisma/users/migrations/20260301080000_create_users/migration.sql',
    import.meta.url,
  );
  const [, list = ''] = /CHECK \(role IN \(([^)]+)\)\)/.exec(readFileSync(migration, 'utf8')) ?? [];
  const allowed = list.split(', ').map((value) => value.slice(1, -1));
  expect(roles.map((role) => roleMapping.toColumn(role))).toEqual(allowed);
  expect(allowed.map((value) => roleMapping.fromColumn(value))).toEqual(roles);
});
