import { readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { compareApis, judgeChanges, type AcceptedChange } from './breaking-changes.js';

/** The API that clients have been promised. Committed, so that a clone without history can be held against it. */
const acceptedApiFile = new URL('../../accepted/api.graphql', import.meta.url);
const acceptedChangesFile = new URL('../../accepted/breaking-changes.json', import.meta.url);

const acceptedChangesSchema = z.array(z.strictObject({ change: z.string(), reason: z.string().min(10) }));

/** What stands between an API and the accepted one, each a sentence for whoever changed it. */
export interface Judgement {
  /** Breaking changes that are not listed as accepted, and entries of that list that match no change. */
  readonly problems: readonly string[];
  /** Additions that clients have not been promised yet, so that nobody would notice them going away. */
  readonly additions: readonly string[];
}

/** Holds an API, given as SDL, against the accepted one and the list of accepted breaking changes. */
export async function judgeApi(apiSdl: string): Promise<Judgement> {
  const { breaking, additions } = await compareApis(readFileSync(acceptedApiFile, 'utf8'), apiSdl);
  return { problems: judgeChanges(breaking, readAcceptedChanges()), additions };
}

/** Makes an API the accepted one. The list of accepted changes is empty then: they are what clients know now. */
export function acceptApi(apiSdl: string): void {
  writeFileSync(acceptedApiFile, apiSdl);
  writeFileSync(acceptedChangesFile, '[]\n');
}

function readAcceptedChanges(): readonly AcceptedChange[] {
  return acceptedChangesSchema.parse(JSON.parse(readFileSync(acceptedChangesFile, 'utf8')));
}
