import { principals, roles } from '@caregraph/service-kit';
import type { Policy } from './policy.js';
import type { FieldRules, Rule } from './rule.js';

const start = '<!-- "npm run policy" writes this table. -->\n<!-- prettier-ignore-start -->\n';
const end = '<!-- prettier-ignore-end -->';

/** A document with the table of the policy in place of what stands between its markers. Throws without markers. */
export function withPolicyTable(document: string, policy: Policy): string {
  const from = document.indexOf(start) + start.length;
  const to = document.indexOf(end, from);
  if (from < start.length || to < 0) throw new Error('The document has no markers for the access policy.');
  return document.slice(0, from) + renderPolicy(policy) + document.slice(to);
}

/**
 * The policy as a Markdown table that leaves nothing out: for each action one row for all that has the same rule,
 * the narrowest rule first.
 */
function renderPolicy({ find, query, mutate, transition, read, fill }: Policy): string {
  return [
    row(['May', 'what', ...roles, 'services', 'no token']),
    row(['---', '---', ...roles.map(() => ':-:'), ':-:', ':-:']),
    ...rows('find', find),
    ...rows('run query', query),
    ...rows('run mutation', mutate),
    ...rows('make transition', transition),
    ...rowsByType('read', read),
    ...rowsByType('fill in', fill),
    '',
  ].join('\n');
}

function rows(action: string, names: FieldRules): string[] {
  return groupByRule(Object.entries(names)).map(([rule, group]) =>
    row([action, quoted(group), ...marks(rule)]),
  );
}

/** Fields of one type stand on one line; types of which every field has the same rule share the last line. */
function rowsByType(action: string, types: Readonly<Record<string, FieldRules>>): string[] {
  const fields = Object.entries(types).flatMap(([type, names]) =>
    Object.entries(names).map(([field, rule]) => [{ type, field }, rule] as const),
  );
  return groupByRule(fields).map(([rule, group]) => {
    const byType = [...groupBy(group, ({ type }) => type)];
    const isWhole = ([type, some]: (typeof byType)[number]): boolean =>
      some.length === Object.keys(types[type] ?? {}).length;
    const parts = byType
      .filter((entry) => !isWhole(entry))
      .map(([type, some]) => `**${type}** ${quoted(some.map(({ field }) => field))}`);
    const whole = byType.filter(isWhole).map(([type]) => `**${type}**`);
    const rest = whole.length === 0 ? [] : [`all of ${whole.join(', ')}`];
    return row([action, [...parts, ...rest].join('<br>'), ...marks(rule)]);
  });
}

/** What has the same rule together, the rule that allows least first. */
function groupByRule<Item>(entries: readonly (readonly [Item, Rule])[]): [Rule, Item[]][] {
  const groups = groupBy(entries, ([, rule]) => marks(rule).join());
  return [...groups.values()]
    .flatMap((group): [Rule, Item[]][] => {
      const [first] = group;
      return first === undefined ? [] : [[first[1], group.map(([item]) => item)]];
    })
    .sort(([one], [other]) => breadth(one) - breadth(other));
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return groups;
}

function breadth(rule: Rule): number {
  const weights = { yes: 2, own: 1, no: 0 };
  return Object.values(rule).reduce((sum, decision) => sum + weights[decision], 0);
}

function marks(rule: Rule): string[] {
  const signs = { yes: '✓', own: 'own', no: '–' };
  return [
    ...roles.map((role) => signs[rule[role]]),
    principals.filter((name) => rule[name] === 'yes').join(', ') || signs.no,
    signs[rule.ANONYMOUS ?? 'no'],
  ];
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}
