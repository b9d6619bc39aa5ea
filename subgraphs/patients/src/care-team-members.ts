import { parseId } from '@caregraph/service-kit';
import type { Directory } from './directory.js';
import type { PatientError } from './patient.js';

/** The users with these ids, once each, all of them active; or why they cannot be a care team. */
export async function findMembers(
  directory: Directory,
  ids: readonly string[],
  field: string,
): Promise<{ readonly memberIds: readonly number[] } | { readonly problems: readonly PatientError[] }> {
  const found = await Promise.all(ids.map((id, place) => findMember(directory, id, [field, String(place)])));
  const problems = found.filter((member) => typeof member !== 'number');
  if (problems.length > 0) return { problems };
  return { memberIds: [...new Set(found.filter((member) => typeof member === 'number'))] };
}

/** The id of a user who can be in a care team, or why there is none. */
async function findMember(
  directory: Directory,
  userId: string,
  field: readonly string[],
): Promise<number | PatientError> {
  const id = parseId(userId);
  const user = id === null ? null : await directory.findUser(id);
  if (user === 'unavailable') {
    return { code: 'DEPENDENCY_UNAVAILABLE', message: 'Users cannot be looked up now; try again.', field };
  }
  if (id === null || user === null)
    return { code: 'USER_NOT_FOUND', message: 'There is no such user.', field };
  if (!user.isActive) return { code: 'USER_INACTIVE', message: "The user's account is not active.", field };
  return id;
}
