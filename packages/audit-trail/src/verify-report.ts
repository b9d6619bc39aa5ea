import type { TrailReport } from './verify-trail.js';
import type { Finding } from './verify-finding.js';

/** What is printed about the trail of one service, line by line. */
export function reportLines(report: TrailReport): string[] {
  const { service, entries, oldest, newest, sealed, findings, counts, notices } = report;
  const span = oldest === null || newest === null ? '' : ` from ${oldest}Z to ${newest}Z`;
  return [
    `${service}: ${entries} ${entries === 1 ? 'entry' : 'entries'}${span}, ${sealed} of them sealed; ` +
      `${countOf(report.checkpoints, 'checkpoint')} in ${countOf(report.checkpointFiles, 'file')}`,
    ...findings.map((finding) => `${service}: ${describe(finding)}${more(counts[finding.kind], finding)}`),
    ...notices.map((notice) => `${service}: note: ${notice}`),
    `${service}: ${findings.length === 0 ? 'the trail is whole' : 'THE TRAIL IS NOT WHOLE'}`,
  ];
}

function countOf(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? '' : 's'}`;
}

function describe({ kind, sequence, entryId, recordedAt, entry, detail }: Finding): string {
  const places = [
    entryId === undefined ? null : `entry ${entryId}`,
    sequence === undefined ? null : `sequence ${sequence}`,
    recordedAt === undefined ? null : `${recordedAt}Z`,
    entry,
  ].filter((place) => place != null);
  return `${kind.toUpperCase()} ${places.length === 0 ? '' : `${places.join(', ')}: `}${detail}`;
}

function more(count: number | undefined, { entryId }: Finding): string {
  return count === undefined || count === 1 || entryId === undefined
    ? ''
    : ` (and ${count - 1} more of these)`;
}
