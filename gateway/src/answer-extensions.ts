import type { ApolloServerPlugin } from '@apollo/server';

/**
 * Leaves out what Apollo's gateway adds to an answer about nulls that it has put in place of others: the fields above
 * them are null, and where that is somebody's fault, an error says so.
 */
export const withoutValueCompletion: ApolloServerPlugin = {
  requestDidStart: () =>
    Promise.resolve({
      willSendResponse({ response: { body } }) {
        if (body.kind === 'single')
          Reflect.deleteProperty(body.singleResult.extensions ?? {}, 'valueCompletion');
        if (body.kind === 'single' && Object.keys(body.singleResult.extensions ?? {}).length === 0) {
          delete body.singleResult.extensions;
        }
        return Promise.resolve();
      },
    }),
};
