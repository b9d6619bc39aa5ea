import { text } from '@caregraph/service-kit';
import { Temporal } from 'temporal-polyfill';

/** The IANA name of a time zone that we can reckon in, in at most 64 characters. Offsets are no names. */
export const timeZoneName = text(64).refine(isKnown, 'must be the IANA name of a time zone');

/** Abbreviations such as `PST` are known to `Intl`, but mean several zones: Temporal refuses them. */
function isKnown(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}
