import { unauthenticated } from '@caregraph/access-policy';
import type { Admit } from '@caregraph/service-kit';
import { GraphQLError, parse, type DocumentNode, type GraphQLSchema } from 'graphql';
import { LRUCache } from 'lru-cache';
import type { GatewayContext } from '../context.js';
import { needsLogin } from '../identity/anonymous-operations.js';
import type { DocumentSource } from './document-source.js';
import { checkOperation, checkTokens, type OperationLimits } from './operation-limits.js';
import { readParameters, withParameters } from './request-parameters.js';

/** How much text of documents is kept parsed, in characters. */
const parsedText = 200_000;

export interface AdmissionOptions {
  readonly documents: DocumentSource;
  readonly limits: OperationLimits;
  /** The API schema of this moment. */
  readonly schema: () => GraphQLSchema;
  /** Whether the access policy says what strangers may ask; no other graph has it. */
  readonly hasPolicy: boolean;
}

/**
 * Finds the document that a request asks for, and holds the operation against the limits, before Apollo Server
 * validates and plans it: both take more than linear time. Apollo Server sees exactly what was checked. A request that
 * is refused goes on as one that asks nothing, with the refusal in its context, so that it is answered in the media
 * type and with the status of any other GraphQL error.
 */
export function createAdmission({
  documents,
  limits,
  schema,
  hasPolicy,
}: AdmissionOptions): Admit<GatewayContext> {
  const parsed = new LRUCache<string, DocumentNode>({
    maxSize: parsedText,
    sizeCalculation: (_, source) => source.length + 1,
  });

  function parseWithin(source: string): DocumentNode | null {
    const known = parsed.get(source);
    if (known !== undefined) return known;
    checkTokens(source, limits);
    try {
      const document = parse(source, { noLocation: true });
      parsed.set(source, document);
      return document;
    } catch {
      // Apollo Server meets the same error, and says what is wrong and where.
      return null;
    }
  }

  return (request, context) => {
    const parameters = readParameters(request);
    if (parameters === null) return Promise.resolve({ request, context });
    const { operationName, variables } = parameters;
    // What the extensions say of documents has been heeded then; nothing reads others.
    const rest = { operationName, variables, extensions: {} };
    try {
      const query = documents.resolve(parameters);
      if (query === null) return Promise.resolve({ request, context });
      const document = parseWithin(query);
      if (document !== null) {
        checkOperation({ document, operationName, variables }, schema(), limits);
        const isStranger = hasPolicy && context.viewer.kind === 'anonymous';
        if (isStranger && needsLogin(document, operationName, schema())) throw unauthenticated();
        documents.register(parameters);
      }
      return Promise.resolve({ request: withParameters(request, { ...rest, query }), context });
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error;
      return Promise.resolve({
        request: withParameters(request, {
          query: '{ __typename }',
          operationName: undefined,
          variables: {},
          extensions: {},
        }),
        context: { ...context, refusal: error },
      });
    }
  };
}
