/** A stretch of time, its end not included; in milliseconds since 1970, so that comparing is plain arithmetic. */
export interface Interval {
  readonly start: number;
  readonly end: number;
}

/** What is in one of these intervals at least: ordered, disjoint, none empty; what touches is one. */
export function unite(intervals: readonly Interval[]): Interval[] {
  const ordered = intervals
    .filter(({ start, end }) => start < end)
    .sort((one, other) => one.start - other.start);
  const united: { start: number; end: number }[] = [];
  for (const { start, end } of ordered) {
    const previous = united.at(-1);
    if (previous !== undefined && start <= previous.end) previous.end = Math.max(previous.end, end);
    else united.push({ start, end });
  }
  return united;
}

/** What of `interval` is in none of `others`: ordered and disjoint. */
export function subtract(interval: Interval, others: readonly Interval[]): Interval[] {
  const left: Interval[] = [];
  let { start } = interval;
  for (const other of unite(others)) {
    if (other.end <= start) continue;
    if (other.start >= interval.end) break;
    if (other.start > start) left.push({ start, end: other.start });
    start = other.end;
  }
  if (start < interval.end) left.push({ start, end: interval.end });
  return left;
}
