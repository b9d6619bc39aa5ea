/** Ends an exhaustive `switch`: a case that the types say cannot happen does not compile, and throws if it does. */
export class UnreachableCaseError extends Error {
  constructor(value: never) {
    super(`Unreachable case: ${JSON.stringify(value)}`);
    this.name = 'UnreachableCaseError';
  }
}
