import { getNamedType, isObjectType, type GraphQLObjectType, type GraphQLSchema } from 'graphql';
import { z } from 'zod';
import { findAnswerProblems, findLeaks, parseAnswer } from './answer.js';
import type { SendBody } from './signed-request.js';
import { pathOf, textAttempts, type TextAttempt, type TextMutation } from './text-attempts.js';
import { batchesOf, valueAt } from './values.js';

const payload = z.looseObject({
  userErrors: z.array(
    z.object({ code: z.string(), message: z.string(), field: z.array(z.string()).nullable() }),
  ),
});

/**
 * Sends every text in every text field of a mutation, many in one operation, and says what was not as its rules have
 * it: text that came back changed, a refusal that names another field, an error that is no refusal.
 */
export async function findTextProblems(
  schema: GraphQLSchema,
  mutation: TextMutation,
  texts: readonly string[],
  send: SendBody,
): Promise<string[]> {
  const field = schema.getMutationType()?.getFields()[mutation.name];
  const type = field === undefined ? undefined : getNamedType(field.type);
  if (!isObjectType(type)) throw new Error(`There is no mutation ${mutation.name}.`);
  const [entity] = Object.values(type.getFields()).filter(({ name }) => name !== 'userErrors');
  const selection =
    entity === undefined ? '' : `${entity.name} ${selectionOf(getNamedType(entity.type), mutation)}`;

  async function problemsOf(attempts: readonly TextAttempt[]): Promise<string[]> {
    const variables = Object.fromEntries(attempts.map(({ input }, index) => [`i${index}`, input]));
    const declared = attempts.map((_, index) => `$i${index}: ${String(field?.args[0]?.type)}`).join(', ');
    const calls = attempts.map(
      (_, index) =>
        `m${index}: ${mutation.name}(input: $i${index}) { ${selection} userErrors { code message field } }`,
    );
    const body = JSON.stringify({ query: `mutation (${declared}) { ${calls.join(' ')} }`, variables });
    const answer = await send(body);
    const faults = findAnswerProblems(answer, body);
    const { data, errors } = faults.length > 0 ? {} : parseAnswer(answer);
    if (faults.length > 0 || errors !== undefined) {
      if (attempts.length === 1)
        return [...faults, ...(errors ?? []).map(({ message }) => message)].map(describe(attempts[0]));
      // One of them spoils the answers of all: which one, each tells by itself.
      return (await Promise.all(attempts.map((attempt) => problemsOf([attempt])))).flat();
    }
    return attempts.flatMap((attempt, index) =>
      outcomeProblems(attempt, data?.[`m${index}`], entity?.name, mutation).map(describe(attempt)),
    );
  }

  const problems: string[] = [];
  for (const batch of batchesOf(textAttempts(mutation, texts), 50, 500_000))
    problems.push(...(await problemsOf(batch)));
  return problems;
}

/** Held against what must become of it: accepted and unchanged, or refused with the fields in question named. */
function outcomeProblems(
  attempt: TextAttempt,
  outcome: unknown,
  entity: string | undefined,
  mutation: TextMutation,
): string[] {
  const { text, fields, refused, comesBack } = attempt;
  const parsed = payload.safeParse(outcome);
  if (!parsed.success) return [`answered ${JSON.stringify(outcome)}`];
  const { userErrors } = parsed.data;
  const leaks = userErrors.flatMap(({ message }) => findLeaks(message, text));
  const shown = `refused ${JSON.stringify(userErrors)}`;
  if (userErrors.length > 0 || (refused !== null && refused.length > 0)) {
    const named = new Set(userErrors.map(({ field }) => field?.join('.') ?? 'the whole'));
    const isExpected =
      refused !== null && comesBack
        ? named.size === refused.length && refused.every((field) => named.has(field))
        : // What does not come back may be refused with the whole: "e-mail and password do not belong together".
          userErrors.length > 0 && (!comesBack || fields.every((field) => named.has(field)));
    return isExpected ? leaks : [...leaks, `${shown}, not ${refused?.join() ?? fields.join()}`];
  }
  if (!comesBack) return [];
  return fields.flatMap((field) => {
    const returned =
      entity === undefined ? undefined : valueAt(outcome, [entity, ...pathOf(nameInAnswer(mutation, field))]);
    return returned === text ? [] : [`${field} is now ${JSON.stringify(returned)}`];
  });
}

/** Where what a field of the input holds stands in the entity. */
function nameInAnswer({ rules }: TextMutation, field: string): string {
  const rule = rules[field];
  return rule?.kind === 'kept' ? (rule.as ?? field) : field;
}

/** All fields of the entity in which text of the input comes back; its name where there is none. */
function selectionOf(type: unknown, mutation: TextMutation): string {
  const { rules } = mutation;
  if (!isObjectType(type)) return '';
  const paths = Object.keys(rules).map((field) => nameInAnswer(mutation, field).split('.'));
  const selected = selectPaths(type, paths);
  return `{ __typename ${selected} }`;
}

function selectPaths(type: GraphQLObjectType, paths: readonly (readonly string[])[]): string {
  const names = new Set(paths.flatMap(([name]) => (name === undefined ? [] : [name])));
  return [...names]
    .flatMap((name) => {
      const inner = type.getFields()[name];
      if (inner === undefined) return [];
      const named = getNamedType(inner.type);
      if (!isObjectType(named)) return [name];
      const deeper = paths.filter(([first]) => first === name).map(([, ...rest]) => rest);
      return [`${name} { __typename ${selectPaths(named, deeper)} }`];
    })
    .join(' ');
}

function describe(attempt: TextAttempt | undefined): (problem: string) => string {
  const text = JSON.stringify(attempt?.text);
  const shown = text.length > 80 ? `${text.slice(0, 80)}… (${text.length})` : text;
  return (problem) => `${shown} in ${attempt?.fields.join() ?? ''} ${problem.slice(0, 500)}`;
}
