import { HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import {
  GraphQLError,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql';
import type { GatewayContext } from '../context.js';
import { tooManyRequests, type RequestLimits } from './rate-limits.js';

/** The mutations by which somebody who has no access token can guess. */
const signIns = new Set(['login', 'refreshSession']);

/**
 * How many logins and refreshes an operation holds: every alias is one (OWASP GraphQL Cheat Sheet, "Batching
 * Attacks"), in fragments as well, and also where `@skip` might leave it out. The document must be valid, so that no
 * fragment holds itself.
 */
export function countSignIns(document: DocumentNode, operation: OperationDefinitionNode | undefined): number {
  if (operation?.operation !== OperationTypeNode.MUTATION) return 0;
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  }
  // Executed is a field once for each name that it is answered under, however many fragments ask for it.
  const names = new Set<string>();
  const seen = new Set<string>();
  const visit = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) {
        if (signIns.has(selection.name.value)) names.add((selection.alias ?? selection.name).value);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        visit(selection.selectionSet);
      } else if (!seen.has(selection.name.value)) {
        seen.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) visit(fragment.selectionSet);
      }
    }
  };
  visit(operation.selectionSet);
  return names.size;
}

/** Refuses an operation by which an address would log in more often than it may; then none of it is carried out. */
export function signInLimit(limits: RequestLimits): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        async didResolveOperation({ document, operation, contextValue }) {
          const calls = countSignIns(document, operation);
          if (calls === 0) return;
          const seconds = await limits.takeSignIns(contextValue.client, calls);
          if (seconds === null) return;
          const http = { status: 429, headers: new HeaderMap([['retry-after', String(seconds)]]) };
          throw new GraphQLError(tooManyRequests, { extensions: { code: 'RATE_LIMITED', http } });
        },
      }),
  };
}
