import { LRUCache } from 'lru-cache';
import { refusal } from '../refusal.js';
import type { RequestParameters } from './request-parameters.js';
import { documentHash, type TrustedDocuments } from './trusted-documents.js';

/** How many documents that clients have registered are kept, how much text of them, and how long, in milliseconds. */
const registered = { max: 1_000, maxSize: 4_000_000, ttl: 86_400_000 };

/** The text of what requests ask for. */
export interface DocumentSource {
  /**
   * The document that a request sends or names; null where it does neither, which Apollo Server refuses. Throws a
   * GraphQL error for a hash that is not known, or not the text's, and for a document that may not run.
   */
  resolve(parameters: RequestParameters): string | null;
  /** Keeps a document that a request has sent together with its hash, and that may run. */
  register(parameters: RequestParameters): void;
}

/**
 * Clients name a document by the extension `persistedQuery` of Apollo's automatic persisted queries, or by the
 * parameter `documentId` of GraphQL over HTTP (Appendix A, "Persisted Documents"): `sha256:` and the hash, or an id of
 * the manifest. With `onlyTrusted`, nothing runs but trusted documents, and nothing is registered.
 */
export function createDocumentSource(trusted: TrustedDocuments, onlyTrusted: boolean): DocumentSource {
  const known = new LRUCache<string, string>({ ...registered, sizeCalculation: ({ length }) => length + 1 });

  function lookUp(id: string): string {
    const source = trusted.get(id) ?? known.get(id);
    if (source !== undefined) return source;
    // Clients of Apollo's protocol wait for that very word, and send the document then, where that is of use.
    throw refusal('PERSISTED_QUERY_NOT_FOUND', onlyTrusted ? untrusted : 'PersistedQueryNotFound');
  }

  return {
    resolve({ query, documentId, extensions }) {
      const hash = readHash(extensions);
      if (documentId !== undefined) {
        if (typeof documentId !== 'string' || query !== undefined || hash !== undefined) {
          throw refusal('BAD_REQUEST', '`documentId` is a string, and stands in place of a document.');
        }
        return lookUp(documentId.replace(/^sha256:/, ''));
      }
      if (query === undefined) return hash === undefined ? null : lookUp(hash);
      const ownHash = hash === undefined && !onlyTrusted ? undefined : documentHash(query);
      if (hash !== undefined && hash !== ownHash) {
        throw refusal('BAD_REQUEST', 'The hash in `persistedQuery` is not the SHA-256 of the document.');
      }
      if (onlyTrusted && !trusted.has(ownHash ?? '')) {
        throw refusal('BAD_USER_INPUT', untrusted);
      }
      return query;
    },
    register({ query, extensions }) {
      const hash = readHash(extensions);
      if (hash !== undefined && query !== undefined && !onlyTrusted) known.set(hash, query);
    },
  };
}

const untrusted = 'Only documents that this server was set up with run here.';

/** The hash in the extension `persistedQuery`; undefined where there is no such extension. */
function readHash({ persistedQuery }: RequestParameters['extensions']): string | undefined {
  if (persistedQuery == null) return undefined;
  const { version, sha256Hash } = Object(persistedQuery) as Record<string, unknown>;
  if (version !== 1 || typeof sha256Hash !== 'string') {
    throw refusal('BAD_REQUEST', '`persistedQuery` has version 1 and a `sha256Hash`.');
  }
  return sha256Hash;
}
