import { clockOf, minute } from './minute-model.js';

const day = 24 * 60 * minute;

/** Every time zone that Intl has a name for. */
export const timeZones = ['UTC', ...Intl.supportedValuesOf('timeZone')];

/** The days in UTC, from noon to noon, within which the clocks of a zone change in the years from one to another. */
export function daysOfChange(timeZone: string, firstYear: number, lastYear: number): number[] {
  const clock = clockOf(timeZone);
  const offsetAt = (instant: number): number => Date.parse(`${clock(instant)}Z`) - instant;
  const changes: number[] = [];
  const end = Date.parse(`${lastYear + 1}-01-01T12:00:00Z`);
  let instant = Date.parse(`${firstYear}-01-01T12:00:00Z`);
  let offset = offsetAt(instant);
  for (; instant < end; instant += day) {
    const next = offsetAt(instant + day);
    if (next !== offset) changes.push(instant);
    offset = next;
  }
  return changes;
}
