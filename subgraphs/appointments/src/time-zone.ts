import { text } from '@caregraph/service-kit';

/** The IANA name of a time zone that this machine knows, in at most 64 characters. Offsets are no names. */
export const timeZoneName = text(64).refine(isKnown, 'must be the IANA name of a time zone');

function isKnown(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
