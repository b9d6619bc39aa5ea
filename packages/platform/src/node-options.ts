/**
 * Options of Node for each process of the platform. What a request has made lives until its answer has left, which waits
 * for its audit entry: with V8's own 16 MiB for young objects, under load most of that is copied once before it dies.
 */
export const nodeOptions: readonly string[] = ['--max-semi-space-size=64'];
