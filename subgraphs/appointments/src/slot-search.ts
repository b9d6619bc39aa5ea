import { fault } from '@caregraph/service-kit';
import { appointmentDuration } from './appointment-input.js';
import type { AppointmentTypeRule } from './appointment-type-rule.js';
import type {
  AppointmentType,
  QueryAvailableSlotsArgs,
  QueryNextAvailableSlotsArgs,
} from './generated/graphql.js';
import type { Interval } from './interval.js';
import type { SlotShape } from './free-slots.js';

const minute = 60_000;
/** The longest time in which slots are sought: two months. */
const longestSearch = 62 * 24 * 60 * minute;
/** Later than this, RFC 3339 cannot say. */
export const endOfTime = Date.parse('9999-12-31T23:59:59.999Z');
const mostDoctors = 50;
const mostSlots = 100;

/** What slots are sought for: within `range`, and not before `earliest`. */
export interface SlotSearch {
  readonly range: Interval;
  readonly earliest: number;
  readonly shape: SlotShape;
}

/** The time in which `availableSlots` seeks; throws a fault for arguments that it does not take. */
export function rangeOfSearch({ from, to, duration }: QueryAvailableSlotsArgs): Interval {
  const range = { start: from.getTime(), end: to.getTime() };
  if (range.start >= range.end) throw fault('BAD_USER_INPUT', '"from" must be before "to".');
  if (range.end - range.start > longestSearch) {
    throw fault('BAD_USER_INPUT', '"to" must be at most 62 days after "from".');
  }
  checkDuration(duration);
  return range;
}

/** The time in which `nextAvailableSlots` seeks; throws a fault for arguments that it does not take. */
export function rangeOfNext({ doctorIds, from, duration, first }: QueryNextAvailableSlotsArgs): Interval {
  if (doctorIds.length > mostDoctors) {
    throw fault('BAD_USER_INPUT', `"doctorIds" must name at most ${mostDoctors} doctors.`);
  }
  if (first != null && (first < 1 || first > mostSlots)) {
    throw fault('BAD_USER_INPUT', `"first" must be between 1 and ${mostSlots}.`);
  }
  checkDuration(duration);
  return { start: from.getTime(), end: Math.min(from.getTime() + longestSearch, endOfTime) };
}

function checkDuration(duration: number): void {
  if (appointmentDuration.safeParse(duration).success) return;
  throw fault('BAD_USER_INPUT', '"duration" must be between 15 and 480 minutes.');
}

/**
 * A search for slots of `duration` minutes under the rule of their type, if one is named; null when all of `range`
 * has passed, or begins too soon to be booked. Emergencies know no notice.
 */
export function searchFor(
  range: Interval,
  duration: number,
  type: AppointmentType | null | undefined,
  rule: Omit<AppointmentTypeRule, 'type'>,
): SlotSearch | null {
  const notice = type === 'EMERGENCY' ? 0 : rule.minimumNotice * minute;
  const earliest = Math.max(range.start, Date.now() + notice);
  if (earliest >= range.end) return null;
  const shape = {
    length: duration * minute,
    bufferBefore: rule.bufferBefore * minute,
    bufferAfter: rule.bufferAfter * minute,
  };
  return { range, earliest, shape };
}

/** The slots that are within a search; they come in order. */
export function* within({ earliest, range }: SlotSearch, slots: Iterable<Interval>): Generator<Interval> {
  for (const slot of slots) {
    if (slot.end > range.end) return;
    if (slot.start >= earliest) yield slot;
  }
}
