import { compileRequest } from './fetch-request.js';
import type { JsonObject } from './json.js';
import { merge } from './merge.js';
import type { Step } from './plan-run.js';
import type { PossibleTypes } from './possible-types.js';
import type { FieldsFetch } from './query-plan.js';
import { compileRewrites } from './rewrites.js';
import { compilePath } from './targets.js';
import type { Place } from '../subgraphs/subgraph-request.js';

/** Compiles a fetch of fields of a root type. */
export function compileFieldsFetch(fetch: FieldsFetch, types: PossibleTypes): Step {
  const { subgraph, path } = fetch;
  const writeRequest = compileRequest(fetch);
  const rewrite = compileRewrites(fetch.outputRewrites, types);
  const findTargets = compilePath(path, types);
  return async (run) => {
    const targets: JsonObject[] = [];
    let first: Place = [];
    findTargets(run.data, (target, place) => {
      if (targets.length === 0) first = place();
      targets.push(target);
    });
    if (targets.length === 0) return;
    const { data, errors } = await run.send(subgraph, writeRequest(run));
    for (const error of errors) {
      run.errors.push(error.path === undefined ? error : { ...error, path: [...first, ...error.path] });
    }
    if (data === null) return;
    rewrite?.(data);
    for (const [index, target] of targets.entries())
      merge(target, index === 0 ? data : structuredClone(data));
  };
}
