import { expect, it } from 'vitest';
import { printSettings } from './postmaster.js';

it('quotes text settings and doubles the quotes inside', () => {
  expect(printSettings({ log_line_prefix: "it's %m", fsync: false, port: 5432 })).toBe(
    "log_line_prefix = 'it''s %m'\nfsync = false\nport = 5432\n",
  );
});
