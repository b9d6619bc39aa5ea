/*
 * A process of its own, in place of four subgraphs. It executes each distinct request once, whatever its tag, and repeats
 * that answer from then on, so that it costs next to nothing: what is measured is the gateway.
 */
import { buildSubgraphSchema } from '@apollo/subgraph';
import { execute, getNamedType, getNullableType, isListType, isObjectType, parse } from 'graphql';
import { createServer } from 'node:http';
import { contracts, lengths } from './engine-graph.mjs';

let requests = 0;

/** @param {string} text */
function numberOf(text) {
  let number = 7;
  for (let index = 0; index < text.length; index += 1)
    number = (number * 31 + text.charCodeAt(index)) % 1_000_003;
  return number;
}

/** @type {import('graphql').GraphQLFieldResolver<Record<string, unknown> | undefined, unknown>} */
const resolve = (source, _, __, { fieldName, returnType }) => {
  const known = source?.[fieldName];
  if (known !== undefined) return known;
  const id = String(source?.['id'] ?? '');
  const type = getNamedType(returnType);
  /** @param {number} index */
  const value = (index) => {
    const number = numberOf(`${fieldName} ${id} ${index}`);
    if (isObjectType(type)) return { __typename: type.name, id: String(number % 50) };
    if (type.name === 'Int') return number % 1_000;
    if (type.name === 'Boolean') return number % 2 === 0;
    return `${fieldName} ${number} of ${id}, in a sentence of some words`;
  };
  if (!isListType(getNullableType(returnType))) return value(0);
  return Array.from({ length: lengths[/** @type {keyof typeof lengths} */ (fieldName)] }, (__, index) =>
    value(index),
  );
};

const schemas = Object.fromEntries(
  Object.entries(contracts).map(([name, sdl]) => [name, buildSubgraphSchema({ typeDefs: parse(sdl) })]),
);
/** @type {Map<string, string>} */
const answers = new Map();

/** @param {string} name @param {string} body */
async function answer(name, body) {
  const key = `${name} ${body.replace(/"tag":"\d+"/, '')}`;
  const known = answers.get(key);
  if (known !== undefined) return known;
  const schema = schemas[name];
  if (schema === undefined) throw new Error(`There is no subgraph ${name}.`);
  const { query, variables } = JSON.parse(body);
  const result = await execute({
    schema,
    document: parse(query),
    variableValues: variables,
    fieldResolver: resolve,
  });
  if (result.errors !== undefined) throw result.errors[0];
  const text = JSON.stringify(result);
  answers.set(key, text);
  return text;
}

// Connections stay open between the turns of a gateway.
const server = createServer({ keepAliveTimeout: 600_000 }, (request, response) => {
  if (request.method === 'GET') {
    response.end(String(requests));
    return;
  }
  requests += 1;
  /** @type {Buffer[]} */
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.once('end', () => {
    answer((request.url ?? '').slice(1), Buffer.concat(chunks).toString()).then(
      (text) => response.writeHead(200, { 'content-type': 'application/json' }).end(text),
      (error) => response.writeHead(500).end(String(error)),
    );
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.send?.(typeof address === 'object' ? address?.port : null);
});
process.once('disconnect', () => process.exit());
