import { StartupError, wholeNumberSetting, type ConnectionLimits } from '@caregraph/service-kit';
import { resolve } from 'node:path';
import { z } from 'zod';
import type { OperationLimits } from '../limits/operation-limits.js';
import { parseTrustedProxies, type TrustProxy } from './trusted-proxies.js';

/** A limit; 0 takes it away. */
function limit(most: number) {
  const setting = wholeNumberSetting(0);
  return setting.default(most).transform((value) => (value === 0 ? Infinity : value));
}

const milliseconds = wholeNumberSetting(1, 3_600_000);

/** Origins, as browsers send them: scheme, host and port, in lower case, without a path. */
const originsSetting = z
  .string()
  .default('')
  .transform((list) => list.split(/[\s,]+/).filter((origin) => origin !== ''))
  .refine((origins) => origins.every(isOrigin), 'must be origins such as https://app.example.org');

/** The settings by which the gateway faces the internet; `MAX_COST` is apart, because not every graph has pages. */
export const exposureSettings = {
  MAX_TOKENS: limit(2_000),
  MAX_OPERATIONS: limit(10),
  MAX_FRAGMENTS: limit(50),
  MAX_DEPTH: limit(20),
  MAX_FIELDS: limit(1_000),
  MAX_ALIASES: limit(60),
  MAX_DIRECTIVES: limit(50),
  MAX_ROOT_FIELDS: limit(20),
  MAX_MUTATIONS: limit(10),
  MAX_VARIABLE_VALUES: limit(1_000),
  MAX_VARIABLE_CHARACTERS: limit(500_000),
  MAX_BODY_BYTES: limit(1_048_576),
  OPERATION_TIMEOUT_MS: wholeNumberSetting(0, 3_600_000).default(30_000),
  HEADERS_TIMEOUT_MS: milliseconds.default(10_000),
  REQUEST_TIMEOUT_MS: milliseconds.default(30_000),
  MAX_CONNECTIONS: wholeNumberSetting(0).default(10_000),
  TRUSTED_DOCUMENTS: z.enum(['also', 'only']).default('also'),
  TRUSTED_DOCUMENTS_FILE: z.string().optional(),
  CORS_ORIGINS: originsSetting,
  TRUST_PROXY: z.string().default('none').transform(parseTrustedProxies),
};

/** A field may cost as much as it likes in a graph whose lists have no pages that a client chooses the size of. */
export const unknownGraphCost = { MAX_COST: limit(0) };
export const platformCost = { MAX_COST: limit(20_000) };

/** What the gateway grants whoever can reach it, and whom it believes what. */
export interface Exposure {
  readonly limits: OperationLimits;
  /** The largest body of a request, in bytes. */
  readonly maximumBodySize: number;
  /** How long an operation may take, in milliseconds; 0 for any time. */
  readonly operationTimeout: number;
  readonly connectionLimits: ConnectionLimits;
  /** The manifest of documents that are known from the start, if any, and whether nothing else runs. */
  readonly trustedDocuments: { readonly file: string | null; readonly only: boolean };
  /** The origins whose pages may read answers. */
  readonly corsOrigins: readonly string[];
  /** Whose word on the client's address and protocol is taken. */
  readonly trustProxy: TrustProxy;
}

type Settings = z.output<z.ZodObject<typeof exposureSettings & typeof platformCost>>;

/**
 * Makes settings into what the gateway runs with. `manifest` is the file of trusted documents where no other one is
 * named; a relative name is one in `folder`. Throws a `StartupError`.
 */
export function exposureOf(settings: Settings, manifest: string | null, folder: string): Exposure {
  const { TRUSTED_DOCUMENTS_FILE: named } = settings;
  const file = named === undefined ? manifest : resolve(folder, named);
  const only = settings.TRUSTED_DOCUMENTS === 'only';
  if (only && file === null) {
    throw new StartupError('TRUSTED_DOCUMENTS=only needs a manifest: set TRUSTED_DOCUMENTS_FILE.');
  }
  return {
    limits: settings,
    maximumBodySize: settings.MAX_BODY_BYTES,
    operationTimeout: settings.OPERATION_TIMEOUT_MS,
    connectionLimits: {
      headersTimeout: settings.HEADERS_TIMEOUT_MS,
      requestTimeout: settings.REQUEST_TIMEOUT_MS,
      maximum: settings.MAX_CONNECTIONS,
    },
    trustedDocuments: { file, only },
    corsOrigins: settings.CORS_ORIGINS,
    trustProxy: settings.TRUST_PROXY,
  };
}

function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}
