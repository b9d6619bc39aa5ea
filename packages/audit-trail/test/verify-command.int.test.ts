import path from 'node:path';
import { expect, it } from 'vitest';
import { parseVerifyCommandLine } from '../src/verify-command-line.js';
import { runVerifyCommand } from '../src/verify-command.js';
import { createScratchTrail, type ScratchTrail } from './seal-fixtures.js';

interface Outcome {
  readonly exitCode: number;
  readonly printed: readonly string[];
  readonly errors: readonly string[];
}

async function run(trail: ScratchTrail, ...args: readonly string[]): Promise<Outcome> {
  const printed: string[] = [];
  const errors: string[] = [];
  const environment = {
    USERS_DATABASE_URL: trail.database.databaseUrl,
    AUDIT_KEYS_FILE: trail.keysFile,
    AUDIT_CHECKPOINTS_DIRECTORY: trail.checkpoints,
  };
  const exitCode = await runVerifyCommand(
    parseVerifyCommandLine(['users', ...args]),
    environment,
    (...line) => printed.push(line.join(' ')),
    (...line) => errors.push(line.join(' ')),
  );
  return { exitCode, printed, errors };
}

it('ends with 0 and says that a trail is whole, with the private key or the public one', async () => {
  await using trail = await createScratchTrail();
  await trail.record(1, 2);
  await trail.seal();
  const { exitCode, printed } = await run(trail);
  expect(exitCode).toBe(0);
  expect(printed[0]).toMatch(
    /^users: 2 entries from \S+Z to \S+Z, 2 of them sealed; 1 checkpoint in 1 file$/,
  );
  expect(printed.at(-1)).toBe('users: the trail is whole');
  const publicKey = path.join(trail.checkpoints, `${trail.keys[0]?.id ?? ''}.pem`);
  expect(await run(trail, '--public-key', publicKey)).toMatchObject({ exitCode: 0 });
});

it('ends with 1 and names what is wrong, also as JSON', async () => {
  await using trail = await createScratchTrail();
  await trail.record(1, 2);
  await trail.seal();
  await trail.tamper("UPDATE audit_entries SET outcome = 'denied' WHERE id = 2");
  const { exitCode, printed } = await run(trail);
  expect(exitCode).toBe(1);
  expect(printed[1]).toMatch(/^users: ALTERED entry 2, sequence 2, \S+Z, read of User by user 7: /);
  const json: unknown = JSON.parse((await run(trail, '--json')).printed.join('\n'));
  expect(json).toMatchObject({
    exitCode: 1,
    reports: [{ service: 'users', findings: [{ kind: 'altered' }, {}] }],
  });
});

it('ends with 2 and says why where it could not verify', async () => {
  await using trail = await createScratchTrail();
  const missing = path.join(trail.checkpoints, 'nowhere');
  expect(await run(trail, '--checkpoints', missing)).toMatchObject({
    exitCode: 2,
    errors: [`users: not verified. The directory of the checkpoints, ${missing}, cannot be read.`],
  });
});

it('refuses a command line that asks for nothing that there is', () => {
  expect(() => parseVerifyCommandLine(['billing'])).toThrow('There is no service "billing".');
  expect(() => parseVerifyCommandLine(['--fast'])).toThrow('Usage:');
});
