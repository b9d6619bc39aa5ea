import { isJsonObject, type JsonObject } from './json.js';
import type { PossibleTypes } from './possible-types.js';
import type { Path } from './query-plan.js';
import type { Place } from '../subgraphs/subgraph-request.js';

/** Finds the objects at the end of a path; calls `found` with each, in the order in which the answer has them. */
export type FindTargets = (data: JsonObject, found: (target: JsonObject, place: () => Place) => void) => void;

/** Compiles a path. What is null, missing or of another form on the way has no targets. */
export function compilePath(path: Path, types: PossibleTypes): FindTargets {
  return (data, found) => {
    const place: (string | number)[] = [];
    const placeNow = (): Place => [...place];
    const walk = (value: unknown, at: number): void => {
      const segment = path[at];
      // Lists in lists are one step of a path, or as many as there are.
      if (Array.isArray(value)) {
        const next = segment?.kind === 'elements' ? at + 1 : at;
        for (let index = 0; index < value.length; index += 1) {
          place.push(index);
          walk(value[index], next);
          place.pop();
        }
        return;
      }
      if (!isJsonObject(value)) return;
      if (segment === undefined) {
        found(value, placeNow);
      } else if (segment.kind === 'type') {
        if (types.includes(segment.names, value)) walk(value, at + 1);
      } else if (segment.kind === 'field' && Object.hasOwn(value, segment.name)) {
        place.push(segment.name);
        walk(value[segment.name], at + 1);
        place.pop();
      }
    };
    walk(data, 0);
  };
}
