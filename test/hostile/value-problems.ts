import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';
import { findAnswerProblems, parseAnswer } from './answer.js';
import { type FieldWithArguments } from './input-leaves.js';
import { operationOn, sampleArguments } from './sample-requests.js';
import type { SendBody } from './signed-request.js';
import { valueAt, withValueAt, type Json } from './values.js';
import { extremeValues, refusedValues } from './wrong-values.js';

type Path = readonly (string | number)[];

/** Stands where a value is to be written that JSON cannot be made to print. */
const here = '@@here@@';

const mistakes = new Set(['BAD_USER_INPUT', 'GRAPHQL_VALIDATION_FAILED', 'GRAPHQL_PARSE_FAILED']);

/**
 * Sends, at every place of the arguments of one field, values of the wrong type and values at the ends of the right
 * one, as variables and within the document. Says which of them were not answered as a client's mistake ought to be.
 */
export async function findValueProblems(
  schema: GraphQLSchema,
  target: FieldWithArguments,
  send: SendBody,
): Promise<string[]> {
  const problems: string[] = [];
  for (const { path, type } of target.field.args.flatMap(({ name, type }) => placesOf(type, [name]))) {
    const refused = refusedValues(type);
    const extreme = extremeValues(type);
    const requests = [
      ...refused.json.map((value) => ({
        value,
        mustFail: true,
        body: withVariables(schema, target, path, value),
      })),
      ...extreme.json.map((value) => ({
        value,
        mustFail: false,
        body: withVariables(schema, target, path, value),
      })),
      ...refused.literals.map((value) => ({
        value,
        mustFail: true,
        body: withLiteral(schema, target, path, value),
      })),
      ...extreme.literals.map((value) => ({
        value,
        mustFail: false,
        body: withLiteral(schema, target, path, value),
      })),
    ];
    const found = await Promise.all(
      requests.map(async ({ value, mustFail, body }) => {
        const answer = await send(body);
        const faults = findAnswerProblems(answer, body);
        const errors = faults.length > 0 ? [] : (parseAnswer(answer).errors ?? []);
        if (
          mustFail &&
          faults.length === 0 &&
          !errors.some(({ extensions }) => mistakes.has(extensions.code))
        ) {
          faults.push(`is taken: ${answer.text}`);
        }
        return faults.map(
          (fault) => `${path.join('.')} = ${value} ${fault.slice(0, 300)} [${body.slice(0, 400)}]`,
        );
      }),
    );
    problems.push(...found.flat());
  }
  return problems;
}

/** Every place of an input: the whole, and what it is made of. */
function placesOf(type: GraphQLInputType, path: Path): { path: Path; type: GraphQLInputType }[] {
  const nullable = getNullableType(type);
  const inner = isListType(nullable)
    ? placesOf(nullable.ofType, [...path, 0])
    : isInputObjectType(nullable)
      ? Object.values(nullable.getFields()).flatMap((field) => placesOf(field.type, [...path, field.name]))
      : [];
  return [{ path, type }, ...inner];
}

function withVariables(schema: GraphQLSchema, target: FieldWithArguments, path: Path, value: string): string {
  const variables = withValueAt(sampleArguments(target.field), path, here);
  const used = target.field.args.filter(({ name }) => valueAt(variables, [name]) !== undefined);
  const query = operation(
    schema,
    target,
    used.map(({ name, type }) => `$${name}: ${String(type)}`).join(', '),
    used.map(({ name }) => `${name}: $${name}`).join(', '),
  );
  return JSON.stringify({ query, variables }).replace(`"${here}"`, () => value);
}

function withLiteral(schema: GraphQLSchema, target: FieldWithArguments, path: Path, value: string): string {
  const given = withValueAt(sampleArguments(target.field), path, here);
  const args = target.field.args.flatMap(({ name, type }) => {
    const argument = valueAt(given, [name]);
    return argument === undefined ? [] : [`${name}: ${literalOf(argument as Json, type)}`];
  });
  const query = operation(
    schema,
    target,
    '',
    args.join(', ').replace(`"${here}"`, () => value),
  );
  return JSON.stringify({ query });
}

function operation(
  schema: GraphQLSchema,
  { parent, field }: FieldWithArguments,
  declared: string,
  args: string,
): string {
  const named = getNamedType(field.type);
  const isPayload = isObjectType(named) && 'userErrors' in named.getFields();
  const selection = isPayload
    ? '{ __typename userErrors { code message field } }'
    : isObjectType(named)
      ? '{ __typename }'
      : '';
  return operationOn(schema, parent, declared, `${field.name}(${args}) ${selection}`);
}

function literalOf(value: Json, type: GraphQLInputType): string {
  const nullable = getNullableType(type);
  if (value === here) return JSON.stringify(value);
  if (isListType(nullable) && Array.isArray(value)) {
    return `[${(value as readonly Json[]).map((item) => literalOf(item, nullable.ofType)).join(', ')}]`;
  }
  if (isInputObjectType(nullable) && typeof value === 'object' && value !== null) {
    const fields = nullable.getFields();
    return `{${Object.entries(value)
      .map(([name, inner]: [string, Json]) => {
        const field = fields[name];
        return field === undefined ? '' : `${name}: ${literalOf(inner, field.type)}`;
      })
      .join(', ')}}`;
  }
  return isEnumType(nullable) && typeof value === 'string' ? value : JSON.stringify(value);
}
