import type { Finding } from './verify-finding.js';
import type { TrailReport } from './verify-trail.js';

/** What has been found so far. */
export interface Findings {
  /** Keeps the first finding of each kind, and of those that are about no entry all; counts the others. */
  add(finding: Finding | null): void;
  /** Puts a finding before all others. */
  addFirst(finding: Finding | null): void;
  all(): Pick<TrailReport, 'findings' | 'counts'>;
}

/** Starts with what was found before. */
export function collectFindings(first: readonly Finding[]): Findings {
  const counts: Partial<Record<Finding['kind'], number>> = {};
  const findings: Finding[] = [];
  const add = (finding: Finding | null): void => {
    if (finding === null) return;
    const count = counts[finding.kind] ?? 0;
    counts[finding.kind] = count + 1;
    // Guards and checkpoints are few, and each is something else to look at.
    if (count === 0 || finding.entryId === undefined) findings.push(finding);
  };
  const addFirst = (finding: Finding | null): void => {
    if (finding === null) return;
    counts[finding.kind] = (counts[finding.kind] ?? 0) + 1;
    findings.unshift(finding);
  };
  first.forEach(add);
  return { add, addFirst, all: () => ({ findings, counts }) };
}
