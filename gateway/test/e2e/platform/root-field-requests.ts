import { buildSchema } from 'graphql';
import { readFileSync } from 'node:fs';
import { requiredArguments, smallestSelection } from './api-literals.js';

/** The committed API. */
export const api = buildSchema(readFileSync(new URL('../../../api.graphql', import.meta.url), 'utf8'));

/** The smallest valid request for each query and each mutation of the API, by the name of the root field. */
export function rootFieldRequests(schema = api): [field: string, request: string][] {
  return [schema.getQueryType(), schema.getMutationType()].flatMap((root) =>
    Object.values(root?.getFields() ?? {}).map((field): [string, string] => {
      const operation = root === schema.getMutationType() ? 'mutation' : 'query';
      const call = `${field.name}${requiredArguments(field)}`;
      return [field.name, `${operation} { ${call} ${smallestSelection(field.type)} }`];
    }),
  );
}
