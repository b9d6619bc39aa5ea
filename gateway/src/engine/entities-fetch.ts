import { compileRequest } from './fetch-request.js';
import { isJsonObject, type JsonObject } from './json.js';
import { merge } from './merge.js';
import type { RunError, Step } from './plan-run.js';
import type { PossibleTypes } from './possible-types.js';
import type { EntitiesFetch, EntityBatch, Path } from './query-plan.js';
import { compileRepresentation } from './representations.js';
import { compileRewrites } from './rewrites.js';
import { compilePath } from './targets.js';
import type { Place, SubgraphError } from '../subgraphs/subgraph-request.js';

/** Who gets what a subgraph answers for one representation. */
interface Represented {
  readonly target: JsonObject;
  /** Which of the batch's paths led to it. */
  readonly pathIndex: number;
}

/** The entities of a batch that one run has found, by their representations. */
interface FoundEntities {
  /** The representations, each once, as JSON. */
  readonly representations: string[];
  /** Of each representation, whom it stands for. */
  readonly represented: Represented[][];
}

/** Compiles a fetch of entities' fields. `allPaths` are those of the whole plan. */
export function compileEntitiesFetch(
  fetch: EntitiesFetch,
  types: PossibleTypes,
  allPaths: readonly Path[],
): Step {
  const { subgraph } = fetch;
  const writeRequest = compileRequest(fetch);
  const batches = fetch.batches.map((batch) => compileBatch(batch, types, allPaths));
  return async (run) => {
    const found = batches.map((batch) => batch.find(run.data));
    if (found.every(({ representations }) => representations.length === 0)) return;
    const representations = batches.map(
      ({ variable }, index) => `"${variable}":[${found[index]?.representations.join()}]`,
    );
    const { data, errors } = await run.send(subgraph, writeRequest(run, representations));
    for (const [index, batch] of batches.entries()) {
      const entities = found[index];
      if (entities === undefined) continue;
      // What names no batch is about the request as a whole.
      const own = errors.filter(({ path }) => {
        const named = batches.findIndex(({ responseName }) => responseName === path?.[0]);
        return Math.max(named, 0) === index;
      });
      const isMissing = data === null || !batch.put(data[batch.responseName], entities);
      if (isMissing && own.length === 0) own.push(unusable(subgraph));
      for (const error of own) {
        const located = isMissing
          ? batch.locateForAll(error, entities, run.data)
          : batch.locate(error, entities, run.data);
        run.errors.push(...located);
      }
    }
  };
}

interface CompiledBatch {
  readonly responseName: string;
  readonly variable: string;
  find(data: JsonObject): FoundEntities;
  /** Puts in what the subgraph answered; false where that is not one answer for each representation. */
  put(answer: unknown, found: FoundEntities): boolean;
  /** The error at each place of the answer that it is about. */
  locate(error: SubgraphError, found: FoundEntities, data: JsonObject): RunError[];
  /** An error that took the answer for all entities, at the first of each path. */
  locateForAll(error: SubgraphError, found: FoundEntities, data: JsonObject): RunError[];
}

function compileBatch(batch: EntityBatch, types: PossibleTypes, allPaths: readonly Path[]): CompiledBatch {
  const { responseName, variable, paths } = batch;
  const finders = paths.map((path) => compilePath(path, types));
  const writeRepresentation = compileRepresentation(batch, types);
  const rewrite = compileRewrites(batch.outputRewrites, types);
  // What entities of several paths share must not be changed by a fetch for one of them.
  const keepsApart =
    paths.length > 1 && allPaths.filter((path) => leadsThrough(path, paths)).length > paths.length;

  /** Of each path, where it leads to any of these. */
  function placesByPath(all: readonly Represented[], data: JsonObject): Place[][] {
    const targets = new Set(all.map(({ target }) => target));
    return finders.map((findTargets) => {
      const places: Place[] = [];
      findTargets(data, (target, place) => {
        if (targets.has(target)) places.push(place());
      });
      return places;
    });
  }

  return {
    responseName,
    variable,
    find(data) {
      const indexes = new Map<string, Represented[]>();
      for (const [pathIndex, findTargets] of finders.entries()) {
        findTargets(data, (target) => {
          const text = writeRepresentation(target);
          if (text === null) return;
          const known = indexes.get(text);
          if (known === undefined) indexes.set(text, [{ target, pathIndex }]);
          else known.push({ target, pathIndex });
        });
      }
      return { representations: [...indexes.keys()], represented: [...indexes.values()] };
    },
    put(answer, { represented }) {
      if (!Array.isArray(answer) || answer.length !== represented.length) return represented.length === 0;
      rewrite?.(answer);
      for (const [index, all] of represented.entries()) {
        const entity: unknown = answer[index];
        if (!isJsonObject(entity)) continue;
        const first = all[0]?.pathIndex;
        for (const { target, pathIndex } of all) {
          merge(target, keepsApart && pathIndex !== first ? structuredClone(entity) : entity);
        }
      }
      return true;
    },
    locate(error, { represented }, data) {
      const [, index, ...rest] = error.path ?? [];
      const about = typeof index === 'number' ? (represented[index] ?? []) : [];
      return atPlaces(error, placesByPath(about, data).flat(), rest);
    },
    locateForAll(error, { represented }, data) {
      const firsts = placesByPath(represented.flat(), data).flatMap((places) => places.slice(0, 1));
      const rest = error.path?.slice(2) ?? [];
      return atPlaces(error, firsts, rest).map((located) => ({ ...located, isForAll: true }));
    },
  };
}

/** The error at places of the answer, or, where there are none, at no place. */
function atPlaces({ message, extensions }: SubgraphError, places: readonly Place[], rest: Place): RunError[] {
  if (places.length === 0) return [{ message, extensions }];
  return places.map((place) => ({ message, extensions, path: [...place, ...rest] }));
}

/** Whether a path is one of others, or leads through one; types on the way make no difference. */
function leadsThrough(path: Path, others: readonly Path[]): boolean {
  const names = namesOf(path);
  return others.some((other) => namesOf(other).every((name, index) => names[index] === name));
}

function namesOf(path: Path): string[] {
  return path.flatMap((segment) => {
    if (segment.kind === 'type') return [];
    return [segment.kind === 'elements' ? '@' : segment.name];
  });
}

/** What it means that a subgraph did not answer for each representation. */
function unusable(subgraph: string): SubgraphError {
  return {
    message: `The ${subgraph} service gave no usable answer.`,
    extensions: { code: 'DOWNSTREAM_SERVICE_ERROR' },
  };
}
