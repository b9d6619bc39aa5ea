import type { Observer } from './access-observers.js';
import { property, type AuditedType } from './audited-type.js';

/** The page that a `pageInfo` is of. */
interface Page {
  readonly type: AuditedType;
  readonly edges: readonly unknown[];
}

const pages = new WeakMap<object, Page>();

/**
 * A list of audited records, so that the cursors of its `pageInfo` are known for what they are. A cursor is the sort
 * key of its record, with a patient's name in it: who has a cursor and nothing else has been given that record.
 */
export function observePage(type: AuditedType): Observer {
  return ({ value }) => {
    const pageInfo = property(value, 'pageInfo');
    const edges = property(value, 'edges');
    if (typeof pageInfo === 'object' && pageInfo !== null && Array.isArray(edges)) {
      pages.set(pageInfo, { type, edges });
    }
  };
}

/** The cursor of an edge. */
export function observeEdgeCursor(type: AuditedType): Observer {
  return ({ source, refusal, audit }) => {
    audit.read(type, property(source, 'node'), null, refusal);
  };
}

/** The first or the last cursor of a page, by the field of `PageInfo`. */
export function observePageCursor(field: 'startCursor' | 'endCursor'): Observer {
  return ({ source, refusal, audit }) => {
    const page = typeof source === 'object' && source !== null ? pages.get(source) : undefined;
    const edge = page?.edges.at(field === 'startCursor' ? 0 : -1);
    if (page !== undefined) audit.read(page.type, property(edge, 'node'), null, refusal);
  };
}
