import type { GraphQLSchema } from 'graphql';
import { findAnswerProblems } from './answer.js';
import { fieldsWithArguments, takesText, type FieldWithArguments } from './input-leaves.js';
import { operationOn, sampleArguments, selectionOf } from './sample-requests.js';
import type { SendBody } from './signed-request.js';
import { batchesOf, valueAt, withValueAt, type Json } from './values.js';

/** An argument that takes text, or a place within one. */
export interface TextArgument {
  /** For example `Query.patients(filter.phone)`. */
  readonly name: string;
  readonly target: FieldWithArguments;
  readonly path: readonly (string | number)[];
}

/** Every argument that takes text, those of mutations aside. */
export function textArguments(schema: GraphQLSchema): TextArgument[] {
  return fieldsWithArguments(schema)
    .filter(({ parent }) => parent !== schema.getMutationType())
    .flatMap((target) =>
      target.leaves.filter(takesText).map(({ path }) => ({
        name: `${target.parent.name}.${target.field.name}(${path.join('.')})`,
        target,
        path,
      })),
    );
}

/**
 * Asks a field once for each text at `path` of its arguments, many in one operation. Says which requests were
 * answered with anything but data or the mistake of the client.
 */
export async function findArgumentProblems(
  schema: GraphQLSchema,
  { parent, field }: FieldWithArguments,
  path: readonly (string | number)[],
  texts: readonly string[],
  send: SendBody,
): Promise<string[]> {
  async function problemsOf(batch: readonly string[]): Promise<string[]> {
    const variables: Record<string, Json> = {};
    const declared: string[] = [];
    const calls = batch.map((text, index) => {
      const given = withValueAt(sampleArguments(field), path, text);
      const args = field.args
        .filter(({ name }) => valueAt(given, [name]) !== undefined)
        .map(({ name, type }) => {
          variables[`${name}${index}`] = valueAt(given, [name]) as Json;
          declared.push(`$${name}${index}: ${String(type)}`);
          return `${name}: $${name}${index}`;
        });
      return `f${index}: ${field.name}(${args.join(', ')}) ${selectionOf(field.type)}`;
    });
    const query = operationOn(schema, parent, declared.join(', '), calls.join(' '));
    const body = JSON.stringify({ query, variables });
    const problems = findAnswerProblems(await send(body), body);
    if (problems.length === 0 || batch.length === 1) {
      return problems.map((problem) => `${JSON.stringify(batch[0]).slice(0, 80)} ${problem.slice(0, 500)}`);
    }
    return (await Promise.all(batch.map((text) => problemsOf([text])))).flat();
  }

  const problems: string[] = [];
  for (const batch of batchesOf(texts, 40, 500_000)) problems.push(...(await problemsOf(batch)));
  return problems;
}
