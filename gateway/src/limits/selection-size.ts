import type { OperationSize } from './operation-size.js';

/** The size of a selection set. Its cost has a part that comes once and a part that comes for each entry of a page. */
export interface SelectionSize extends Omit<OperationSize, 'cost'> {
  readonly costOnce: number;
  readonly costPerEntry: number;
}

/** The size of nothing. */
export const nothing: SelectionSize = {
  depth: 0,
  fields: 0,
  aliases: 0,
  directives: 0,
  rootFields: 0,
  introspectionCost: 0,
  costOnce: 0,
  costPerEntry: 0,
};

/** The size of two selections side by side. */
export function add(one: SelectionSize, other: SelectionSize): SelectionSize {
  return {
    depth: Math.max(one.depth, other.depth),
    fields: one.fields + other.fields,
    aliases: one.aliases + other.aliases,
    directives: one.directives + other.directives,
    rootFields: one.rootFields + other.rootFields,
    introspectionCost: one.introspectionCost + other.introspectionCost,
    costOnce: one.costOnce + other.costOnce,
    costPerEntry: one.costPerEntry + other.costPerEntry,
  };
}

/** Nothing stays nothing, however often it is asked for: zero times `Infinity` would be no number. */
export function times(count: number, cost: number): number {
  return count === 0 || cost === 0 ? 0 : count * cost;
}
