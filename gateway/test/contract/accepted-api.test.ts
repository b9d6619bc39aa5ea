import { describe, expect, it } from 'vitest';
import { judgeApi } from '../../src/supergraph/accepted-api.js';
import { composeSupergraph } from '../../src/supergraph/compose.js';
import { readContracts } from '../../src/supergraph/contracts.js';
import { apiSdl } from './api.js';

/** The API that the contracts would compose to after a change of the contract of one service. */
function apiAfter(service: string, from: string | RegExp, to: string): string {
  const contracts = readContracts().map((contract) =>
    contract.name === service ? { ...contract, sdl: contract.sdl.replace(from, to) } : contract,
  );
  return composeSupergraph(contracts).apiSdl;
}

describe('the API', () => {
  it('keeps what clients have been promised, but for the breaking changes that are listed with a reason', async () => {
    expect((await judgeApi(apiSdl)).problems).toEqual([]);
  });

  it('has nothing that clients have not been promised (npm run compose -- --accept)', async () => {
    expect((await judgeApi(apiSdl)).additions).toEqual([]);
  });
});

describe('a change of a contract', () => {
  it.each([
    ['patients', /  """\n  Known allergies.*\n  """\n  allergies: String\n/, '', `'allergies' was removed`],
    ['patients', 'age: Int!', 'age: Int', `Field 'Patient.age' changed type from 'Int!' to 'Int'`],
    [
      'appointments',
      /  """\n  The patient did not come.\n  """\n  NO_SHOW\n/,
      '',
      `Enum value 'NO_SHOW' was removed`,
    ],
    ['appointments', 'idempotencyKey: String', 'idempotencyKey: String!', `'String' to 'String!'`],
    ['users', 'first: Int = 20', 'first: Int = 50', `changed from '20' to '50'`],
    ['users', 'logout(', 'endSession(', `Field 'logout' was removed`],
  ])('of %s that breaks clients is named', async (service, from, to, message) => {
    const changed = apiAfter(service, from, to);
    expect(changed).not.toBe(apiSdl);
    const { problems } = await judgeApi(changed);
    expect(problems).toContainEqual(expect.stringContaining(message));
    expect(problems).toContainEqual(expect.stringMatching(/^Breaking change, not listed as accepted: /));
  });

  it('that only adds breaks nothing, and has to be promised', async () => {
    const { problems, additions } = await judgeApi(
      apiAfter('users', 'lastName: String!\n', 'lastName: String!\n  "A title."\n  title: String\n'),
    );
    expect(problems).toEqual([]);
    expect(additions).toEqual([expect.stringContaining(`Field 'title' was added to object type 'User'`)]);
  });
});
