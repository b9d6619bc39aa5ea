import { expect, it } from 'vitest';
import { announce } from './announcement.js';
import { readSettings } from './settings.js';

const accounts = { isEmpty: false, demo: undefined };

it('names the tools that explore the schema where they work', () => {
  expect(announce(readSettings({}, '/clone'), accounts)).toMatch(/Apollo Sandbox[^]*Explorer[^]*GraphQL/);
  for (const environment of [{ NODE_ENV: 'production' }, { TRUSTED_DOCUMENTS: 'only' }]) {
    const text = announce(readSettings(environment, '/clone'), accounts);
    expect(text).not.toMatch(/Sandbox|Explorer/);
    expect(text).toContain('http://localhost:4000/graphql');
  }
});

it('says how to make the first account where there is none', () => {
  const settings = readSettings({}, '/clone');
  expect(announce(settings, { ...accounts, isEmpty: true })).toContain('npm run admin:create -- --email');
  expect(announce(settings, accounts)).not.toContain('admin:create');
});
