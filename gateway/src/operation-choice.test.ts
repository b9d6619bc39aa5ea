import { ApolloServer } from '@apollo/server';
import { buildSchema, OperationTypeNode } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationChoice } from './operation-choice.js';

/** A gateway that must not be asked to carry anything out but `{ hello }`. */
const apollo = new ApolloServer({
  gateway: {
    onSchemaLoadOrUpdate(inform) {
      const schema = buildSchema('type Query { hello: String }');
      inform({ apiSchema: schema, coreSupergraphSdl: '' });
      return () => undefined;
    },
    load: () =>
      Promise.resolve({
        executor: ({ operation }) =>
          operation.operation === OperationTypeNode.QUERY
            ? Promise.resolve({ data: { hello: 'you' } })
            : Promise.reject(new Error('There is nothing to carry out.')),
      }),
    stop: () => Promise.resolve(),
  },
  plugins: [operationChoice],
});

beforeAll(() => apollo.start());
afterAll(() => apollo.stop());

async function ask(query: string, operationName?: string) {
  const { body, http } = await apollo.executeOperation({ query, operationName });
  if (body.kind !== 'single') throw new Error('The answer comes in pieces.');
  return { ...body.singleResult, status: http.status };
}

describe('the operation of a request', () => {
  it.each([
    ['{ hello }', undefined],
    ['query A { hello } query B { hello }', 'B'],
  ])('is found in %j', async (query, name) => {
    expect(await ask(query, name)).toMatchObject({ data: { hello: 'you' } });
  });

  it.each([
    ['{ hello }', 'A'],
    ['query A { hello } query B { hello }', 'C'],
    ['query A { hello } query B { hello }', undefined],
  ])('is missing in %j under the name %j, which is the mistake of the client', async (query, name) => {
    const { errors, status } = await ask(query, name);
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['OPERATION_RESOLUTION_FAILURE']);
    expect(status).toBe(400);
  });

  it('may not be one that the schema has no root type for', async () => {
    const { errors, status } = await ask('subscription { hello }');
    expect(errors?.map(({ extensions }) => extensions?.['code'])).toEqual(['OPERATION_RESOLUTION_FAILURE']);
    expect(status).toBe(400);
  });
});
