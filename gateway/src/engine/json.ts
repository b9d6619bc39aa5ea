/** A value that came out of JSON. */
export type JsonObject = Record<string, unknown>;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Reads a property, which no name can make anything but the object's own. */
export type Read = (object: JsonObject) => unknown;

/** Reads the property of a name. Names that every object inherits, such as `constructor`, are asked for with more care. */
export function readerOf(name: string): Read {
  return name in Object.prototype
    ? (object) => (Object.hasOwn(object, name) ? object[name] : undefined)
    : (object) => object[name];
}

/** Sets a property of the object's own, also one of the name `__proto__`. */
export function setOwn(object: JsonObject, name: string, value: unknown): void {
  if (name === '__proto__') {
    Object.defineProperty(object, name, { value, configurable: true, enumerable: true, writable: true });
  } else {
    object[name] = value;
  }
}

/** What `JSON.stringify` escapes, or may. */
const escaped = /["\\\u0000-\u001f\ud800-\udfff]/;

/** The text of a string, as `JSON.stringify` writes it. Most are short and have nothing to escape. */
export function quote(text: string): string {
  return escaped.test(text) ? JSON.stringify(text) : `"${text}"`;
}
