import { z } from 'zod';
import type { ServiceRoute } from './service-routes.js';
import type { Principal } from './viewer.js';

/** A document that one service keeps for others, as both sides know it: the one serves it, the others follow it. */
export interface ServiceDocumentType<Schema extends z.ZodType> {
  readonly path: string;
  /** The principals that may read it. */
  readonly readers: readonly Principal[];
  readonly schema: Schema;
}

/** What it takes to accept an access token; the users service keeps it. */
export const accessTokenStateDocument = {
  path: '/access-tokens',
  readers: ['gateway'],
  schema: z.object({
    /** The keys that verify access tokens (RFC 7517). */
    jwks: z.object({ keys: z.array(z.looseObject({ kty: z.string(), kid: z.string() })) }),
    /** Sessions whose tokens were revoked, each with the smallest epoch that is good; null where none is. */
    revoked: z.array(z.tuple([z.string(), z.number().nullable()])),
  }),
} as const satisfies ServiceDocumentType<z.ZodType>;

/** What the users service says of access tokens. */
export type AccessTokenState = z.output<typeof accessTokenStateDocument.schema>;

/** Every patient whose record is restricted, with the users of the care team; the patients service keeps it. */
export const restrictedPatientsDocument = {
  path: '/patients/restricted',
  readers: ['appointments'],
  schema: z.object({
    restricted: z.array(z.object({ patientId: z.int(), careTeam: z.array(z.int()).readonly() })).readonly(),
  }),
} as const satisfies ServiceDocumentType<z.ZodType>;

/** The route of a document: what `read` answers is what the document's readers understand. */
export function serveDocument<Schema extends z.ZodType>(
  { path, readers }: ServiceDocumentType<Schema>,
  read: () => Promise<z.input<Schema>>,
): ServiceRoute {
  return { path, readers, read };
}
