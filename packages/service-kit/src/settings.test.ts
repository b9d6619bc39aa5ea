import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { booleanSetting, databaseUrlSetting, parseSettings, portSetting, SettingsError } from './settings.js';

const schema = z.object({
  PORT: portSetting.default(4000),
  WATCH: booleanSetting.default(false),
  DATABASE_URL: databaseUrlSetting,
});

describe('parseSettings', () => {
  it('fills in defaults, also for variables that are empty', () => {
    const settings = parseSettings(schema, { PORT: '', DATABASE_URL: 'postgresql://u:p@localhost/db' });
    expect(settings).toEqual({ PORT: 4000, WATCH: false, DATABASE_URL: 'postgresql://u:p@localhost/db' });
  });

  it('reports every problem at once, by the name of its setting', () => {
    const parse = () => parseSettings(schema, { PORT: '70000', WATCH: 'yes' });
    expect(parse).toThrow(SettingsError);
    expect(parse).toThrow(/PORT: [^]*WATCH: [^]*DATABASE_URL: is required/);
  });

  it('never repeats a value, which may be a secret', () => {
    const secret = 'mysql://root:hunter2@localhost/db';
    expect(() => parseSettings(schema, { DATABASE_URL: secret })).toThrow(/^(?![^]*hunter2)[^]*DATABASE_URL/);
  });
});
