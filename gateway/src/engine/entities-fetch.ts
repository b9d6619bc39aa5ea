import { parse } from 'graphql';
import { placesOf } from '../subgraphs/places.js';
import { requestHead } from './fields-fetch.js';
import type { JsonObject } from './json.js';
import { merge } from './merge.js';
import { writeVariables, type RunError, type Step } from './plan-run.js';
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
  const { subgraph, operation, variables } = fetch;
  const head = requestHead(fetch);
  const batches = fetch.batches.map((batch) => compileBatch(batch, types, allPaths));
  const places = (): readonly Place[] => placesOf(parse(operation));
  return async (run) => {
    const found = batches.map((batch) => batch.find(run.data));
    if (found.every(({ representations }) => representations.length === 0)) return;
    let given = '';
    for (const [index, { representations }] of found.entries()) {
      given += `${index === 0 ? '{' : ','}"${batches[index]?.variable}":[${representations.join()}]`;
    }
    const body = `${head}${given}${writeVariables(variables, run)}}}`;
    const { data, errors } = await run.send(subgraph, { body, places });
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
        if (typeof entity !== 'object' || entity === null) continue;
        const first = all[0]?.pathIndex;
        for (const { target, pathIndex } of all) {
          const own = keepsApart && pathIndex !== first ? structuredClone(entity) : entity;
          merge(target, own as JsonObject);
        }
      }
      return true;
    },
    locate(error, { represented }, data) {
      const [, index, ...rest] = error.path ?? [];
      const about = new Set(typeof index === 'number' ? represented[index]?.map(({ target }) => target) : []);
      const all: Place[] = [];
      for (const findTargets of finders) {
        findTargets(data, (target, place) => {
          if (about.has(target)) all.push(place());
        });
      }
      return atPlaces(error, all, rest);
    },
    locateForAll(error, { represented }, data) {
      const about = new Set(represented.flatMap((all) => all.map(({ target }) => target)));
      const firsts = finders.flatMap((findTargets): Place[] => {
        let first: Place | undefined;
        findTargets(data, (target, place) => {
          if (about.has(target)) first ??= place();
        });
        return first === undefined ? [] : [first];
      });
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
