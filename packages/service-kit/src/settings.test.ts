import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  booleanSetting,
  databaseUrlSetting,
  parseSettings,
  portSetting,
  SettingsError,
  wholeNumberSetting,
} from './settings.js';

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

describe('a whole number', () => {
  const numbers = z.object({
    PORT: portSetting.optional(),
    SECONDS: wholeNumberSetting(60).optional(),
  });

  it('is read within its bounds', () => {
    expect(parseSettings(numbers, { PORT: '65535', SECONDS: '60' })).toEqual({ PORT: 65_535, SECONDS: 60 });
  });

  it.each(['-1', '65536', '4.5', '-0.5', 'many', '1e99', 'Infinity'])('is not %s', (PORT) => {
    expect(() => parseSettings(numbers, { PORT })).toThrow(
      /^These settings need attention:\n {2}- PORT: must be a whole number from 0 to 65535$/,
    );
  });

  it('may have no upper bound', () => {
    expect(() => parseSettings(numbers, { SECONDS: '59' })).toThrow(
      'SECONDS: must be a whole number of at least 60',
    );
  });
});
