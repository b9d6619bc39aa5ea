import { createRandom } from '@caregraph/seed/random';
import { getOperationAST, parse, print, validate } from 'graphql';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isExhaustive } from '../../../test/effort.js';
import { readOperation } from '../../src/engine/client-operation.js';
import { foldConditions } from '../../src/engine/fold-conditions.js';
import { documentOf } from '../../src/engine/prepare-operation.js';
import { randomOperation } from '../e2e/generator/random-operation.js';
import { faultsOf, startEngines, type Engines, type Operation, type Outcome } from './engines.js';
import { contracts } from './supergraphs.js';

/** How many operations each supergraph is asked, and which are the first. */
const runs = Number(process.env['CAREGRAPH_FUZZ_RUNS'] ?? (isExhaustive ? 5_000 : 60));
const seed = process.env['CAREGRAPH_FUZZ_SEED'] ?? 'caregraph';
const first = Number(process.env['CAREGRAPH_FUZZ_FIRST'] ?? 0);

const ids = ['a', 'b', 'c'];

/** The operation of a number; null where it came out as none that a client could send. */
function operationOf({ api }: Engines, number: number): Operation | null {
  const operation = randomOperation(createRandom(`${seed} ${number}`), api, ids, 0);
  try {
    return validate(api, parse(operation.query)).length === 0 ? operation : null;
  } catch {
    return null;
  }
}

/** The first operations whose outcomes are not the same, with what it takes to see them again. */
async function differencesOf(
  engines: Engines,
  outcomes: (
    operation: Operation,
    number: number,
  ) => Promise<{ readonly expected: Outcome; readonly actual: Outcome } | null>,
): Promise<string[]> {
  const differences: string[] = [];
  for (let number = first; number < first + runs && differences.length < 3; number += 1) {
    const operation = operationOf(engines, number);
    if (operation === null) continue;
    const shown = await outcomes(operation, number).then(
      (both) => (both === null ? [] : firstDifference(both.expected, both.actual)),
      (error: unknown) => [error instanceof Error ? (error.stack ?? '') : String(error)],
    );
    if (shown.length === 0) continue;
    const again = `CAREGRAPH_FUZZ_SEED=${JSON.stringify(seed)} CAREGRAPH_FUZZ_FIRST=${number} CAREGRAPH_FUZZ_RUNS=1`;
    differences.push([again, operation.query, JSON.stringify(operation.variables), ...shown].join('\n'));
  }
  return differences;
}

/**
 * The operation as it is for the values of its conditions. The engine plans for them; Apollo's gateway plans for any, so
 * that it asks for more, and more can fail. Null where nothing is left of it.
 */
function withoutConditions({ query, variables }: Operation): Operation | null {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('A generated document has one operation.');
  const folded = foldConditions(readOperation(document, operation), variables);
  const { selections } = folded.operation.selectionSet;
  return selections.length === 0 ? null : { query: print(documentOf(folded, selections)), variables };
}

/**
 * What Apollo's gateway makes of an operation for the values of its conditions: told of the conditions, it loses objects
 * of which a field that requires others is left out.
 */
async function stockOf(engines: Engines, operation: Operation): Promise<Outcome> {
  const unconditional = withoutConditions(operation);
  return unconditional === null ? { data: {}, errors: [], mutations: [] } : engines.stock(unconditional);
}

/** What an outcome says beside its data. */
function toldOf({ errors, mutations }: Outcome): Pick<Outcome, 'errors' | 'mutations'> {
  return { errors, mutations };
}

/** Where two values first differ, and what is there; nothing where they do not. */
function firstDifference(expected: unknown, actual: unknown, place = 'outcome'): string[] {
  if (isDeepStrictEqual(expected, actual)) return [];
  if (typeof expected === 'object' && typeof actual === 'object' && expected !== null && actual !== null) {
    const [all, others] = [expected as Record<string, unknown>, actual as Record<string, unknown>];
    const names = Object.keys(all);
    // The order is the engine's own: the specification's, which stock does not always keep.
    if (names.toSorted().join() === Object.keys(others).toSorted().join()) {
      return (
        names.map((name) => firstDifference(all[name], others[name], `${place}.${name}`)).find(isFilled) ?? []
      );
    }
  }
  return [
    `${place}:`,
    `  expected: ${JSON.stringify(expected).slice(0, 2_000)}`,
    `  actual:   ${JSON.stringify(actual).slice(0, 2_000)}`,
  ];
}

function isFilled(lines: readonly string[]): boolean {
  return lines.length > 0;
}

describe.each(Object.entries(contracts))(
  'over a supergraph with %s, the engine',
  { timeout: 600_000 },
  (_, parts) => {
    it('answers what Apollo’s gateway answers, by the same plan', async () => {
      const engines = await startEngines(parts);
      const differences = await differencesOf(engines, async (operation) => ({
        expected: await stockOf(engines, operation),
        actual: await engines.engine('apollo', operation),
      }));
      expect(differences.join('\n\n')).toBe('');
    });

    it('answers what a graph in one piece would answer, by a plan of its own', async () => {
      const engines = await startEngines(parts);
      // Of what one part requires of another, a graph in one piece has no notion.
      const hasRequirements = Object.values(parts).some((sdl) => sdl.includes('@requires'));
      const differences = await differencesOf(engines, async (operation) => ({
        expected: await (hasRequirements ? stockOf(engines, operation) : engines.whole(operation)),
        actual: await engines.engine('hive', operation),
      }));
      expect(differences.join('\n\n')).toBe('');
    });

    it('answers and fails where Apollo’s gateway does, when fields fail and subgraphs are away', async () => {
      const engines = await startEngines(parts);
      const differences = await differencesOf(engines, async (operation, number) => {
        const faults = faultsOf(`${seed} ${number}`, 12, 6);
        const unconditional = withoutConditions(operation);
        if (unconditional === null) return null;
        const expected = await engines.stock(unconditional, faults);
        const actual = await engines.engine('apollo', unconditional, faults);
        // Apollo's gateway carries out mutations after one that has made the whole answer null; the specification, none.
        return unconditional.query.startsWith('mutation')
          ? { expected: { ...expected, ...toldOf(actual) }, actual }
          : { expected, actual };
      });
      expect(differences.join('\n\n')).toBe('');
    });
  },
);
