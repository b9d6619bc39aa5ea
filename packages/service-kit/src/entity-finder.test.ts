import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createEntityFinder, knownEntity } from './entity-finder.js';
import { createLogger } from './logger.js';
import { ServiceUnavailableError, type GraphqlRequest, type ServiceClient } from './service-client.js';
import type { CallContext } from './signed-context.js';

const knownUser = knownEntity('User', 'isActive', z.object({ isActive: z.boolean() }));

/** A finder over a service that answers with `respond`, and what that service was asked. */
function finderOver(respond: () => Promise<Record<string, unknown>>) {
  const calls: { request: GraphqlRequest; context: CallContext }[] = [];
  const client: ServiceClient = {
    send(request, context) {
      calls.push({
        request: typeof request === 'string' ? (JSON.parse(request) as GraphqlRequest) : request,
        context,
      });
      return respond();
    },
    read: () => Promise.reject(new Error('Nobody reads documents here.')),
    checkReadiness: () => Promise.resolve(),
    close: () => Promise.resolve(),
  };
  const logger = createLogger('test', 'silent');
  const find = createEntityFinder({ client, entity: knownUser, asker: 'patients', requestId: 'r', logger });
  return { calls, find };
}

describe('an entity finder', () => {
  it('asks once, in its own name, for all that is sought at the same time', async () => {
    const { calls, find } = finderOver(() =>
      Promise.resolve({ data: { _entities: [{ isActive: true }, null] } }),
    );
    expect(await Promise.all([find(1), find(2), find(1)])).toEqual([
      { isActive: true },
      null,
      { isActive: true },
    ]);
    expect(calls).toHaveLength(1);
    expect(calls[0]?.request.query).toContain('... on User { isActive }');
    expect(calls[0]?.request.variables).toEqual({
      representations: [
        { __typename: 'User', id: '1' },
        { __typename: 'User', id: '2' },
      ],
    });
    expect(calls[0]?.context.viewer).toEqual({ kind: 'service', name: 'patients' });
  });

  it.each<[string, () => Promise<Record<string, unknown>>]>([
    ['no answer', () => Promise.reject(new ServiceUnavailableError('users', 'timeout'))],
    ['an error', () => Promise.resolve({ data: { _entities: [null] }, errors: [{ message: 'x' }] })],
    ['fewer than were asked for', () => Promise.resolve({ data: { _entities: [] } })],
    ['another shape', () => Promise.resolve({ data: { _entities: [{ isActive: 'yes' }] } })],
    ['nothing', () => Promise.resolve({})],
  ])('says that the service is unavailable when there is %s', async (_, respond) => {
    expect(await finderOver(respond).find(1)).toBe('unavailable');
  });

  it('throws what is a fault of its own', async () => {
    const { find } = finderOver(() => Promise.reject(new TypeError('x')));
    await expect(find(1)).rejects.toThrow(TypeError);
  });
});
