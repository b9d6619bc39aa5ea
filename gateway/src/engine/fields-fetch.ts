import { parse } from 'graphql';
import type { JsonObject } from './json.js';
import { merge } from './merge.js';
import { placesOf } from '../subgraphs/places.js';
import { writeVariables, type Step } from './plan-run.js';
import type { PossibleTypes } from './possible-types.js';
import type { FieldsFetch } from './query-plan.js';
import { compileRewrites } from './rewrites.js';
import { compilePath } from './targets.js';
import type { Place } from '../subgraphs/subgraph-request.js';

/** Compiles a fetch of fields of a root type. */
export function compileFieldsFetch(fetch: FieldsFetch, types: PossibleTypes): Step {
  const { subgraph, operation, path, variables } = fetch;
  const head = requestHead(fetch);
  const rewrite = compileRewrites(fetch.outputRewrites, types);
  const findTargets = compilePath(path, types);
  const places = (): readonly Place[] => placesOf(parse(operation));
  return async (run) => {
    const targets: JsonObject[] = [];
    let first: Place = [];
    findTargets(run.data, (target, place) => {
      if (targets.length === 0) first = place();
      targets.push(target);
    });
    if (targets.length === 0) return;
    const body = `${head}{${writeVariables(variables, run).slice(1)}}}`;
    const { data, errors } = await run.send(subgraph, { body, places });
    for (const error of errors) {
      run.errors.push(error.path === undefined ? error : { ...error, path: [...first, ...error.path] });
    }
    if (data === null) return;
    rewrite?.(data);
    for (const [index, target] of targets.entries())
      merge(target, index === 0 ? data : structuredClone(data));
  };
}

/** A GraphQL request up to its variables. */
export function requestHead({
  operation,
  operationName,
}: Pick<FieldsFetch, 'operation' | 'operationName'>): string {
  const name = operationName === undefined ? '' : `,"operationName":${JSON.stringify(operationName)}`;
  return `{"query":${JSON.stringify(operation)}${name},"variables":`;
}
