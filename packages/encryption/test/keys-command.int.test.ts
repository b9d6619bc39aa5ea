import { expect, it } from 'vitest';
import { createScratchDatabase, keySettings } from '../../../test/cluster.js';
import { parseCommandLine } from '../src/command-line.js';
import { runCommand } from '../src/run-command.js';
import { openTestCipher } from './patient-records.js';

async function run(args: readonly string[], environment: NodeJS.ProcessEnv): Promise<string[]> {
  const lines: string[] = [];
  await runCommand(parseCommandLine(args), environment, (line) => lines.push(line));
  return lines;
}

it('shows the state of the keys without any key, and changes nothing without those that it takes', async () => {
  await using database = await createScratchDatabase('patients');
  await (await openTestCipher(database)).close();
  const environment = { PATIENTS_MIGRATION_URL: database.migrationUrl };
  expect(await run(['keys:status', 'patients'], environment)).toEqual([
    expect.stringMatching(/^patients: data key [0-9a-f]{16} of .*: 0 values/),
    'patients: 0 values in clear, 0 under keys that there are not',
  ]);
  const { ENCRYPTION_MASTER_KEY_FILE } = keySettings();
  const withMasterKey = { ...environment, ENCRYPTION_MASTER_KEY_FILE };
  await expect(run(['keys:rotate', 'patients'], withMasterKey)).rejects.toThrow(
    'AUDIT_KEYS_FILE: is required',
  );
  await expect(run(['keys:rotate', '--master', 'patients'], environment)).rejects.toThrow(
    'ENCRYPTION_MASTER_KEY_FILE: is required',
  );
});

it('says of a database that is not migrated what makes its tables, and changes nothing', async () => {
  await using database = await createScratchDatabase('patients', { empty: true });
  const environment = { ...keySettings(), PATIENTS_MIGRATION_URL: database.migrationUrl };
  for (const command of ['keys:status', 'keys:rotate']) {
    const lines: string[] = [];
    const code = await runCommand(parseCommandLine([command, 'patients']), environment, (line) => {
      lines.push(line);
    });
    expect({ code, lines }).toEqual({
      code: 2,
      lines: [
        'patients: the database has no tables for keys yet: npm start, or npm run db:migrate, makes them',
      ],
    });
  }
});
