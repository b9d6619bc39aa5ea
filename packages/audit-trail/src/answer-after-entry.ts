import type { ApolloServerPlugin } from '@apollo/server';
import { GraphQLError } from 'graphql';
import type { CallContext, Logger } from '@caregraph/service-kit';
import type { AuditContext } from './record-access.js';

/**
 * Writes what a request has noted before it is answered. Where that fails, the answer is an error and nothing else:
 * what cannot be recorded is not given out.
 */
export function answerAfterEntry<Context extends AuditContext & CallContext>(
  logger: Logger,
): ApolloServerPlugin<Context> {
  return {
    requestDidStart: () =>
      Promise.resolve({
        async willSendResponse({ contextValue, response }) {
          try {
            await contextValue.audit.write();
          } catch (err) {
            logger.error({ err, requestId: contextValue.requestId }, 'an access could not be recorded');
            response.http.status = 500;
            response.body = { kind: 'single', singleResult: { errors: [notRecorded.toJSON()] } };
          }
        },
      }),
  };
}

const notRecorded = new GraphQLError('Something went wrong on our side.', {
  extensions: { code: 'INTERNAL_SERVER_ERROR' },
});
