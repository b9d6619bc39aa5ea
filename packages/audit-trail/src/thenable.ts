/** Whether a value is awaited by GraphQL: it need not be a `Promise` of this realm; Prisma's, for one, is not. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
