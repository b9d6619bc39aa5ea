import { HeaderMap, type ApolloServerPlugin } from '@apollo/server';
import {
  GraphQLError,
  OperationTypeNode,
  valueFromASTUntyped,
  type DocumentNode,
  type FieldNode,
  type OperationDefinitionNode,
} from 'graphql';
import type { GatewayContext } from '../context.js';
import { tooManyRequests, type Logins, type RequestLimits } from './rate-limits.js';
import { rootFieldsOf } from './root-fields.js';

/**
 * The logins that an operation holds: every alias is one (OWASP GraphQL Cheat Sheet, "Batching Attacks"), in fragments
 * as well, and also where `@skip` might leave it out. A refresh is none: its token has 256 random bits, which nobody
 * guesses. The document must be valid; the variables are as they were sent.
 */
export function loginsOf(
  document: DocumentNode,
  operation: OperationDefinitionNode | undefined,
  variables: Readonly<Record<string, unknown>>,
): Logins {
  if (operation?.operation !== OperationTypeNode.MUTATION) return { calls: 0, deviceToken: null };
  // Executed is a field once for each name that it is answered under, however many fragments ask for it.
  const logins = new Map<string, FieldNode>();
  for (const field of rootFieldsOf(document, operation)) {
    if (field.name.value === 'login') logins.set((field.alias ?? field.name).value, field);
  }
  const [only, ...others] = logins.values();
  const isAlone = only !== undefined && others.length === 0;
  return {
    calls: logins.size,
    deviceToken: isAlone ? deviceTokenOf(only, { ...defaultsOf(operation), ...variables }) : null,
  };
}

/** The device token in a login's input; null where there is none. */
function deviceTokenOf(login: FieldNode, variables: Readonly<Record<string, unknown>>): string | null {
  const argument = login.arguments?.find(({ name }) => name.value === 'input');
  const input: unknown = argument && valueFromASTUntyped(argument.value, variables);
  const token: unknown =
    typeof input === 'object' && input !== null ? Reflect.get(input, 'deviceToken') : null;
  return typeof token === 'string' && token !== '' ? token : null;
}

function defaultsOf({ variableDefinitions = [] }: OperationDefinitionNode): Record<string, unknown> {
  return Object.fromEntries(
    variableDefinitions.flatMap(({ variable, defaultValue }) =>
      defaultValue === undefined ? [] : [[variable.name.value, valueFromASTUntyped(defaultValue)]],
    ),
  );
}

/** Refuses an operation by which a client would log in more often than it may; then none of it is carried out. */
export function signInLimit(limits: RequestLimits): ApolloServerPlugin<GatewayContext> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        async didResolveOperation({ document, operation, request, contextValue }) {
          const logins = loginsOf(document, operation, request.variables ?? {});
          if (logins.calls === 0) return;
          const seconds = await limits.takeLogins(contextValue.client, logins);
          if (seconds === null) return;
          const http = { status: 429, headers: new HeaderMap([['retry-after', String(seconds)]]) };
          throw new GraphQLError(tooManyRequests, { extensions: { code: 'RATE_LIMITED', http } });
        },
      }),
  };
}
