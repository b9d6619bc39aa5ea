import { parse } from 'graphql';
import { placesOf } from '../subgraphs/places.js';
import type { Place, SubgraphRequest } from '../subgraphs/subgraph-request.js';
import type { PlanRun } from './plan-run.js';
import type { Fetch } from './query-plan.js';

/** Writes the request of a fetch; `representations` are members of its variables, as JSON, beside the client's. */
export type WriteRequest = (run: PlanRun, representations?: readonly string[]) => SubgraphRequest;

/** Compiles what a fetch asks its subgraph. */
export function compileRequest({ operation, operationName, variables }: Fetch): WriteRequest {
  const name = operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`;
  const head = `{"query":${JSON.stringify(operation)}${name},"variables":{`;
  const places = (): readonly Place[] => placesOf(parse(operation));
  return (run, representations = []) => {
    const members = [...representations, ...variableMembers(variables, run)];
    return { body: `${head}${members.join()}}}`, places };
  };
}

/** Those variables that the client gave, as members of a JSON object. */
function variableMembers(names: readonly string[], { variables }: PlanRun): string[] {
  return names.flatMap((name) =>
    Object.hasOwn(variables, name) && variables[name] !== undefined
      ? [`${JSON.stringify(name)}:${JSON.stringify(variables[name])}`]
      : [],
  );
}
