import { createRandom } from '@caregraph/seed/random';
import { parse, validate } from 'graphql';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { isExhaustive } from '../../../test/effort.js';
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
  return validate(api, parse(operation.query)).length === 0 ? operation : null;
}

/** The first operations whose outcomes are not the same, with what it takes to see them again. */
async function differencesOf(
  engines: Engines,
  outcomes: (
    operation: Operation,
    number: number,
  ) => Promise<{ readonly stock: Outcome; readonly engine: Outcome }>,
): Promise<string[]> {
  const differences: string[] = [];
  for (let number = first; number < first + runs && differences.length < 3; number += 1) {
    const operation = operationOf(engines, number);
    if (operation === null) continue;
    const shown = await outcomes(operation, number).then(
      ({ stock, engine }) => firstDifference(stock, engine),
      (error: unknown) => [error instanceof Error ? (error.stack ?? '') : String(error)],
    );
    if (shown.length === 0) continue;
    const again = `CAREGRAPH_FUZZ_SEED=${JSON.stringify(seed)} CAREGRAPH_FUZZ_FIRST=${number} CAREGRAPH_FUZZ_RUNS=1`;
    differences.push([again, operation.query, JSON.stringify(operation.variables), ...shown].join('\n'));
  }
  return differences;
}

/** Where two values first differ, and what is there; nothing where they do not. */
function firstDifference(stock: unknown, engine: unknown, place = 'outcome'): string[] {
  if (isDeepStrictEqual(stock, engine)) return [];
  if (typeof stock === 'object' && typeof engine === 'object' && stock !== null && engine !== null) {
    const [all, others] = [stock as Record<string, unknown>, engine as Record<string, unknown>];
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
    `  stock:  ${JSON.stringify(stock).slice(0, 2_000)}`,
    `  engine: ${JSON.stringify(engine).slice(0, 2_000)}`,
  ];
}

function isFilled(lines: readonly string[]): boolean {
  return lines.length > 0;
}

describe.each(Object.entries(contracts))(
  'over a supergraph with %s, the engine',
  { timeout: 600_000 },
  (_, parts) => {
    it.each(['apollo', 'hive'] as const)(
      'answers what Apollo’s gateway answers, by a plan of the planner %s',
      async (planner) => {
        const engines = await startEngines(parts);
        const differences = await differencesOf(engines, async (operation) => ({
          stock: await engines.stock(operation),
          engine: await engines.engine(planner, operation),
        }));
        expect(differences.join('\n\n')).toBe('');
      },
    );

    it('answers and fails where Apollo’s gateway does, when fields fail and subgraphs are away', async () => {
      const engines = await startEngines(parts);
      const differences = await differencesOf(engines, async (operation, number) => {
        const faults = faultsOf(`${seed} ${number}`, 12, 6);
        return {
          stock: await engines.stock(operation, faults),
          engine: await engines.engine('apollo', operation, faults),
        };
      });
      expect(differences.join('\n\n')).toBe('');
    });
  },
);
