import { requiredText } from '@caregraph/service-kit';
import { z } from 'zod';

const target = { id: z.string(), version: z.int().nullish() };

/** Whoever reads a document of all restrictions, as other services do, reads all care teams: they stay small. */
const members = z.array(z.string()).refine((ids) => ids.length <= 100, 'must have at most 100 members');

export const restrictPatientInput = z.object({ ...target, careTeam: members, reason: requiredText(1_000) });
export const setCareTeamInput = z.object({ ...target, members });
