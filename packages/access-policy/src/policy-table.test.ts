import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policy, type Policy } from './policy.js';
import { withPolicyTable } from './policy-table.js';
import { fields, type Rule } from './rule.js';

const readme = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');

describe('the table of the policy', () => {
  it('stands in the README as it is (npm run policy)', () => {
    expect(withPolicyTable(readme, policy)).toBe(readme);
  });

  it('has what shares a rule in one row, the narrowest rule first', () => {
    const all: Rule = { ADMIN: 'yes', DOCTOR: 'yes', NURSE: 'yes', STAFF: 'yes', ANONYMOUS: 'yes' };
    const few: Rule = { ADMIN: 'no', DOCTOR: 'own', NURSE: 'yes', STAFF: 'no', gateway: 'yes' };
    const small: Policy = {
      find: {},
      query: fields({ 'me patient': all }),
      mutate: {},
      transition: {},
      read: { Patient: fields({ 'id name': all, notes: few }), Slot: fields({ id: all }) },
      fill: {},
    };
    const markers = readme.slice(readme.indexOf('<!-- "npm run policy"'), readme.indexOf('| May'));
    const document = withPolicyTable(`${markers}stale\n<!-- prettier-ignore-end -->`, small);
    expect(document.split('\n').filter((line) => /^\| (run query|read)/.test(line))).toEqual([
      '| run query | `me`, `patient` | ✓ | ✓ | ✓ | ✓ | – | ✓ |',
      '| read | **Patient** `notes` | – | own | ✓ | – | gateway | – |',
      '| read | **Patient** `id`, `name`<br>all of **Slot** | ✓ | ✓ | ✓ | ✓ | – | ✓ |',
    ]);
    expect(document).not.toContain('stale');
  });

  it('needs a document with its markers', () => {
    expect(() => withPolicyTable('# Caregraph', policy)).toThrow(/no markers/);
  });
});
