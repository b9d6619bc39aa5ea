/** How much a value holds: characters of its strings and names, and values, objects and lists included. */
export interface VariablesSize {
  readonly characters: number;
  readonly values: number;
}

/**
 * Measures a value that was read from JSON, without recursion: it may be nested as deeply as its text was long. Stops
 * when there are more than `mostValues` values.
 */
export function measureVariables(variables: unknown, mostValues: number): VariablesSize {
  const waiting: unknown[] = [variables];
  let characters = 0;
  let values = 0;
  while (waiting.length > 0 && values <= mostValues) {
    const value = waiting.pop();
    values += 1;
    if (typeof value === 'string') characters += value.length;
    if (Array.isArray(value)) for (const entry of value) waiting.push(entry);
    else if (typeof value === 'object' && value !== null) {
      for (const [name, entry] of Object.entries(value)) {
        characters += name.length;
        waiting.push(entry);
      }
    }
  }
  return { characters, values };
}
