import { isJsonObject, setOwn, type JsonObject } from './json.js';

/**
 * Puts what a subgraph answered into an object of the answer. Objects that both have become one, element by element in
 * lists of the same length; of anything else, what came last holds.
 */
export function merge(target: JsonObject, source: JsonObject): void {
  for (const name of Object.keys(source)) {
    const value = source[name];
    // A name that every object inherits is not there before it is set.
    const present = Object.hasOwn(target, name) ? target[name] : undefined;
    if (present === undefined || typeof present !== 'object' || present === null) {
      setOwn(target, name, value);
    } else {
      setOwn(target, name, merged(present, value));
    }
  }
}

function merged(present: object, value: unknown): unknown {
  if (isJsonObject(present) && isJsonObject(value)) {
    merge(present, value);
    return present;
  }
  if (!Array.isArray(present) || !Array.isArray(value) || present.length !== value.length) return value;
  return present.map((element: unknown, index) =>
    typeof element === 'object' && element !== null
      ? merged(element, value[index])
      : (value[index] as unknown),
  );
}
