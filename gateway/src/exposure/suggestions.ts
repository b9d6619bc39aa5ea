import { formatError } from '@caregraph/service-kit';
import type { GraphQLFormattedError } from 'graphql';

/**
 * What a client sees of an error where the schema is not told: no names that resemble the one it sent, neither from the
 * document's validation nor from that of values, here or in a subgraph (OWASP GraphQL Cheat Sheet, "Introspection").
 */
export function formatWithoutSuggestions(error: GraphQLFormattedError): GraphQLFormattedError {
  const formatted = formatError(error);
  return { ...formatted, message: formatted.message.replace(/ ?Did you mean [^?]*\?/g, '') };
}
