import { actAsService } from '@caregraph/audit-trail';
import { databaseUrlSetting, parseSettings } from '@caregraph/service-kit/settings';
import { z } from 'zod';
import type { KeysCommand } from './command-line.js';
import type { EncryptedService } from './encrypted-columns.js';
import { encryptionProblems, encryptionSettings } from './encryption-settings.js';
import { hasKeyTable, readEncryptionStatus } from './key-status.js';
import type { KeyChangeOptions, KeyChangeStep } from './key-change.js';
import { rewrapDataKeys } from './rewrap-keys.js';
import { rotateDataKeys } from './rotate-keys.js';
import type { Writer } from './table-writers.js';

const schema = z.object({
  NODE_ENV: z.string().optional(),
  PATIENTS_MIGRATION_URL: databaseUrlSetting.optional(),
  APPOINTMENTS_MIGRATION_URL: databaseUrlSetting.optional(),
  AUDIT_KEYS_FILE: z.string().optional(),
  ...encryptionSettings,
});

/**
 * Carries out one command and prints what it does. Returns the exit code: 1 where a value does not decrypt,
 * 2 where a database is not migrated. Throws a `StartupError` for what whoever typed it can mend.
 */
export async function runCommand(
  { name, services, master }: KeysCommand,
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void,
): Promise<number> {
  const settings = parseSettings(schema, environment, (given) => [
    ...(name === 'keys:rotate' ? rotationProblems(given) : []),
    ...services
      .filter((service) => given[urlSetting(service)] === undefined)
      .map((service) => `${urlSetting(service)}: is required`),
  ]);
  let exitCode = 0;
  for (const service of services) {
    const tell = (text: string): void => {
      print(`${service}: ${text}`);
    };
    const migrationUrl = settings[urlSetting(service)] ?? '';
    if (!(await hasKeyTable(migrationUrl))) {
      tell('the database has no tables for keys yet: npm start, or npm run db:migrate, makes them');
      exitCode = 2;
      continue;
    }
    if (name === 'keys:status') {
      await showStatus(service, migrationUrl, tell);
      continue;
    }
    const { changeContext } = actAsService(service, settings.AUDIT_KEYS_FILE ?? '');
    const options = { service, migrationUrl, settings, changeContext, onStep: describeSteps(tell) };
    const succeeded = master ? await rotateMaster(options, tell) : await rotateData(options, tell);
    if (!succeeded) exitCode = Math.max(exitCode, 1);
  }
  return exitCode;
}

/** What is wrong with the settings that only a change needs: it is recorded, and opens the keys. */
function rotationProblems(given: Partial<z.output<typeof schema>>): string[] {
  const keysFile = given.AUDIT_KEYS_FILE === undefined ? ['AUDIT_KEYS_FILE: is required'] : [];
  return [...encryptionProblems(given), ...keysFile];
}

function urlSetting(service: EncryptedService): 'PATIENTS_MIGRATION_URL' | 'APPOINTMENTS_MIGRATION_URL' {
  return service === 'patients' ? 'PATIENTS_MIGRATION_URL' : 'APPOINTMENTS_MIGRATION_URL';
}

async function rotateData(options: KeyChangeOptions, tell: (text: string) => void): Promise<boolean> {
  const { unreadable } = await rotateDataKeys(options);
  if (unreadable.length === 0) return true;
  const were = unreadable.length === 1 ? 'record was left as it is' : 'records were left as they are';
  tell(`${unreadable.length} ${were}, and no key was retired:`);
  for (const { message } of unreadable) tell(message);
  return false;
}

async function rotateMaster(options: KeyChangeOptions, tell: (text: string) => void): Promise<boolean> {
  const { rewrapped, left } = await rewrapDataKeys(options);
  tell(
    `${rewrapped} ${rewrapped === 1 ? 'data key was' : 'data keys were'} wrapped with the newest master key`,
  );
  for (const { id, masterKeyId } of left) {
    tell(`the retired data key ${id} stays wrapped by "${masterKeyId}", which is not among the master keys`);
  }
  return true;
}

async function showStatus(
  service: EncryptedService,
  migrationUrl: string,
  tell: (text: string) => void,
): Promise<void> {
  const { keys, clearValues, strayValues } = await readEncryptionStatus(service, migrationUrl);
  for (const { id, masterKeyId, createdAt, retiredAt, worn, values } of keys) {
    const since = retiredAt === null ? '' : `, retired ${retiredAt.toISOString()}`;
    tell(
      `data key ${id} of ${createdAt.toISOString()}${since}, wrapped by "${masterKeyId}": ${countOf(values, 'value')}, at most ${(worn * 100).toFixed(2)} % of its uses`,
    );
  }
  tell(`${countOf(clearValues, 'value')} in clear, ${count(strayValues)} under keys that there are not`);
}

/** A line for each step, and for each tenth of the records. */
function describeSteps(tell: (text: string) => void): (step: KeyChangeStep) => void {
  let tenth = 0;
  return (step) => {
    switch (step.kind) {
      case 'key':
        tell(step.isNew ? `made the data key ${step.id}` : `goes on with the data key ${step.id}`);
        return;
      case 'progress': {
        const reached = Math.floor((step.done * 10) / Math.max(step.total, 1));
        if (reached !== tenth) tell(`${count(step.done)} of ${countOf(step.total, 'record')}`);
        tenth = reached;
        return;
      }
      case 'waiting':
        if (step.milliseconds > 0) {
          tell(`waits ${Math.ceil(step.milliseconds / 1_000)} s, until every process knows the key`);
        }
        return;
      case 'blocked':
        for (const writer of step.by) tell(`waits for ${describeWriter(writer)}`);
        return;
      case 'retired':
        tell(`nothing is left under another key or in clear; retired: ${step.ids.join(', ') || 'none'}`);
    }
  };
}

function describeWriter({ pid, role, since }: Writer): string {
  const session =
    pid === null ? 'a prepared transaction' : `the session ${pid} of ${role ?? 'a role that is gone'}`;
  return since === null ? session : `${session}, in a transaction since ${since.toISOString()}`;
}

function countOf(number: number, thing: string): string {
  return `${count(number)} ${thing}${number === 1 ? '' : 's'}`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
