import { isJsonObject, setOwn, type JsonObject } from './json.js';
import type { PossibleTypes } from './possible-types.js';
import type { Path, Rewrite } from './query-plan.js';

/** Makes corrections in a value, where their paths lead, through lists too. */
export type ApplyRewrites = (value: unknown) => void;

/** Compiles rewrites; null where there are none. */
export function compileRewrites(rewrites: readonly Rewrite[], types: PossibleTypes): ApplyRewrites | null {
  if (rewrites.length === 0) return null;
  const all = rewrites.map((rewrite) => compileRewrite(rewrite, types));
  return (value) => {
    for (const apply of all) apply(value);
  };
}

function compileRewrite(rewrite: Rewrite, types: PossibleTypes): ApplyRewrites {
  const last = rewrite.path.at(-1);
  if (last?.kind !== 'field') return () => undefined;
  const { name } = last;
  const change =
    rewrite.kind === 'set'
      ? (object: JsonObject): void => {
          setOwn(object, name, rewrite.value);
        }
      : (object: JsonObject): void => {
          if (!Object.hasOwn(object, name)) return;
          const value = object[name];
          Reflect.deleteProperty(object, name);
          setOwn(object, rewrite.to, value);
        };
  const path = rewrite.path.slice(0, -1);
  return (value) => {
    forEachAt(value, path, 0, types, change);
  };
}

function forEachAt(
  value: unknown,
  path: Path,
  at: number,
  types: PossibleTypes,
  change: (object: JsonObject) => void,
): void {
  if (Array.isArray(value)) {
    for (const element of value) forEachAt(element, path, at, types, change);
    return;
  }
  if (!isJsonObject(value)) return;
  const segment = path[at];
  if (segment === undefined) {
    change(value);
  } else if (segment.kind === 'field') {
    if (Object.hasOwn(value, segment.name)) forEachAt(value[segment.name], path, at + 1, types, change);
  } else if (segment.kind === 'elements' || types.includes(segment.names, value)) {
    forEachAt(value, path, at + 1, types, change);
  }
}
