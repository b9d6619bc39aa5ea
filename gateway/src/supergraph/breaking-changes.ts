import { CriticalityLevel, diff, type Change } from '@graphql-inspector/core';
import { buildSchema } from 'graphql';

/** A breaking change that is made on purpose, as the repository lists it. */
export interface AcceptedChange {
  /** The change, in the words in which the comparison reports it. */
  readonly change: string;
  /** Why it is right to break clients here. */
  readonly reason: string;
}

/** What has become of an API, one sentence a change. */
export interface ApiComparison {
  /** Changes after which an operation that was valid may fail, or silently mean something else. */
  readonly breaking: readonly string[];
  /** What clients may use from now on. */
  readonly additions: readonly string[];
}

/** Dangerous changes that count as breaking: the same operation is still valid, and asks for something else. */
const silentChanges = new Set(['FIELD_ARGUMENT_DEFAULT_CHANGED', 'INPUT_FIELD_DEFAULT_VALUE_CHANGED']);
const additions = new Set([
  'TYPE_ADDED',
  'FIELD_ADDED',
  'FIELD_ARGUMENT_ADDED',
  'INPUT_FIELD_ADDED',
  'ENUM_VALUE_ADDED',
  'UNION_MEMBER_ADDED',
]);

/**
 * Compares two API schemas, given as SDL. An enumeration may grow: a client has to expect values that it does not
 * know, as the schema evolves by additions.
 */
export async function compareApis(before: string, after: string): Promise<ApiComparison> {
  const changes: Change[] = await diff(buildSchema(before), buildSchema(after));
  const isBreaking = ({ criticality, type }: Change): boolean =>
    criticality.level === CriticalityLevel.Breaking || silentChanges.has(String(type));
  return {
    breaking: changes.filter(isBreaking).map(({ message }) => message),
    additions: changes.filter(({ type }) => additions.has(String(type))).map(({ message }) => message),
  };
}

/**
 * Holds breaking changes against the list of accepted ones. Returns a sentence for each change that is not listed,
 * and for each entry that no change matches any more.
 */
export function judgeChanges(breaking: readonly string[], accepted: readonly AcceptedChange[]): string[] {
  return [
    ...breaking
      .filter((change) => !accepted.some((entry) => entry.change === change))
      .map((change) => `Breaking change, not listed as accepted: ${change}`),
    ...accepted
      .filter(({ change }) => !breaking.includes(change))
      .map(({ change }) => `Listed as accepted, but there is no such change: ${change}`),
  ];
}
