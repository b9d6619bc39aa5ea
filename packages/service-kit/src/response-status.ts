import type { ApolloServerPlugin } from '@apollo/server';

/**
 * GraphQL over HTTP, section "application/json": a client that reads nothing but that media type tells a GraphQL
 * answer from a proxy's error page by the status, so that a well-formed request gets 200, also when its document
 * cannot be parsed or is not valid, or its variables do not fit.
 */
export const responseStatus: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ request, response: { http } }) {
        if (http.status === 400 && readsOnlyJson(request.http?.headers.get('accept'))) http.status = 200;
        return Promise.resolve();
      },
    }),
};

function readsOnlyJson(accept: string | undefined): boolean {
  const types = (accept ?? '').split(',').map((type) => type.split(';', 1)[0]?.trim().toLowerCase());
  return types.every((type) => type === 'application/json');
}
