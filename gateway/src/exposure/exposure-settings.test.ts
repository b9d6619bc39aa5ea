import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { exposureOf, exposureSettings, platformCost, unknownGraphCost } from './exposure-settings.js';

const settings = z.object({ ...exposureSettings, ...platformCost });

describe('the settings by which the gateway faces the internet', () => {
  it('limit everything unless they say otherwise', () => {
    const exposure = exposureOf(settings.parse({}), '/manifest.json', '/');
    for (const [name, limit] of Object.entries(exposure.limits)) {
      if (name.startsWith('MAX_')) expect([name, limit < Infinity]).toEqual([name, true]);
    }
    expect(exposure).toMatchObject({
      maximumBodySize: 1_048_576,
      operationTimeout: 30_000,
      trustedDocuments: { file: '/manifest.json', only: false },
      corsOrigins: [],
    });
  });

  it('take a limit away with 0', () => {
    expect(settings.parse({ MAX_DEPTH: '0' }).MAX_DEPTH).toBe(Infinity);
    expect(z.object(unknownGraphCost).parse({}).MAX_COST).toBe(Infinity);
  });

  it('find the manifest relative to where the command was typed', () => {
    const given = settings.parse({ TRUSTED_DOCUMENTS: 'only', TRUSTED_DOCUMENTS_FILE: 'mine.json' });
    expect(exposureOf(given, null, '/folder').trustedDocuments).toEqual({
      file: '/folder/mine.json',
      only: true,
    });
  });

  it('do not let nothing run', () => {
    const given = settings.parse({ TRUSTED_DOCUMENTS: 'only' });
    expect(() => exposureOf(given, null, '/')).toThrow('set TRUSTED_DOCUMENTS_FILE');
  });

  it('take origins as browsers send them', () => {
    expect(settings.parse({ CORS_ORIGINS: 'https://a.example, http://b.example:8080' }).CORS_ORIGINS).toEqual(
      ['https://a.example', 'http://b.example:8080'],
    );
  });

  it.each([
    { CORS_ORIGINS: '*' },
    { CORS_ORIGINS: 'null' },
    { CORS_ORIGINS: 'a.example' },
    { CORS_ORIGINS: 'https://a.example/' },
    { CORS_ORIGINS: 'https://A.example' },
    { MAX_DEPTH: '-1' },
    { MAX_COST: 'much' },
    { OPERATION_TIMEOUT_MS: '1.5' },
    { HEADERS_TIMEOUT_MS: '0' },
    { TRUSTED_DOCUMENTS: 'never' },
    { TRUST_PROXY: 'all' },
  ])('refuse %j', (given) => {
    expect(settings.safeParse(given).success).toBe(false);
  });
});
