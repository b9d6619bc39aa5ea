import { readdirSync, readFileSync } from 'node:fs';
import type { SubgraphContract } from './compose.js';

/** Where the services are on a developer's machine; deployments say where they are by `*_URL`. */
const ports = { users: 4001, patients: 4002, appointments: 4003 };

/** The committed supergraph, and the committed API schema. */
export const supergraphFile = new URL('../../supergraph.graphql', import.meta.url);
export const apiFile = new URL('../../api.graphql', import.meta.url);
/** The committed manifest of the operations that the clinic's apps send. */
export const trustedDocumentsFile = new URL('../../trusted-documents.json', import.meta.url);

/** The contracts of the platform's own subgraphs, as they are in the repository. */
export function readContracts(): SubgraphContract[] {
  return Object.entries(ports).map(([name, port]) => ({
    name,
    url: `http://127.0.0.1:${port}/graphql`,
    sdl: readFileSync(new URL(`../../../subgraphs/${name}/schema.graphql`, import.meta.url), 'utf8'),
  }));
}

/** The operations that the clinic's apps send, a document each, in the order of their files' names. */
export function readOperations(): string[] {
  const folder = new URL('../../operations/', import.meta.url);
  return readdirSync(folder)
    .sort()
    .map((file) => readFileSync(new URL(file, folder), 'utf8'));
}
