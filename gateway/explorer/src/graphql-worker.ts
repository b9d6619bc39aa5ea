/** Checks, completes and explains operations. Runs in a worker. */
import 'monaco-graphql/esm/graphql.worker.js';
