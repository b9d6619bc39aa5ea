import { createPublicKey } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { databaseUrlSetting, parseSettings, StartupError, wholeNumberSetting } from '@caregraph/service-kit';
import { databaseConnectionFailure } from '@caregraph/service-kit/connection-failure';
import { DatabaseError } from 'pg';
import { z } from 'zod';
import { readAuditKeys, type AuditKey } from './audit-keys.js';
import { publicKeysOf, type CheckpointKey } from './checkpoint-signature.js';
import type { VerifyCommand } from './verify-command-line.js';
import { reportLines } from './verify-report.js';
import { verifyTrail, type TrailReport } from './verify-trail.js';

/** The trail is whole; something is wrong with it; it could not be verified. */
export const exitCodes = { whole: 0, findings: 1, unchecked: 2 } as const;

const settingsOf = {
  users: { USERS_DATABASE_URL: databaseUrlSetting },
  patients: { PATIENTS_DATABASE_URL: databaseUrlSetting },
  appointments: { APPOINTMENTS_DATABASE_URL: databaseUrlSetting },
};

/** Verifies the trails that were asked for, prints what it finds, and returns the exit code. */
export async function runVerifyCommand(
  command: VerifyCommand,
  environment: NodeJS.ProcessEnv,
  print: (line: string) => void,
  printError: (line: string) => void,
): Promise<number> {
  let exitCode: number = exitCodes.whole;
  const reports: TrailReport[] = [];
  for (const service of command.services) {
    try {
      const report = await verifyTrail({ service, ...readOptions(command, service, environment) });
      reports.push(report);
      if (!command.isJson) for (const line of reportLines(report)) print(line);
      if (report.findings.length > 0) exitCode = Math.max(exitCode, exitCodes.findings);
    } catch (error) {
      const problem = explain(error);
      if (problem === undefined) throw error;
      printError(`${service}: not verified. ${problem}`);
      exitCode = exitCodes.unchecked;
    }
  }
  if (command.isJson) print(JSON.stringify({ exitCode, reports }, undefined, 2));
  return exitCode;
}

function readOptions(
  command: VerifyCommand,
  service: TrailReport['service'],
  environment: NodeJS.ProcessEnv,
) {
  const urls = parseSettings(z.object(settingsOf[service]), environment);
  const settings = parseSettings(
    z.object({
      AUDIT_CHECKPOINTS_DIRECTORY: z.string(),
      AUDIT_SEAL_INTERVAL_MS: wholeNumberSetting(50, 60_000).default(1_000),
    }),
    {
      ...environment,
      ...(command.checkpoints !== null && { AUDIT_CHECKPOINTS_DIRECTORY: command.checkpoints }),
    },
  );
  const checkpointsDirectory = settings.AUDIT_CHECKPOINTS_DIRECTORY;
  requireDirectory(checkpointsDirectory);
  const [databaseUrl = ''] = Object.values(urls);
  const sealPatience = 2 * settings.AUDIT_SEAL_INTERVAL_MS + 3_000;
  return { databaseUrl, checkpointsDirectory, sealPatience, ...readKeys(command, environment) };
}

function readKeys(
  { keysFile, publicKeyFiles }: VerifyCommand,
  environment: NodeJS.ProcessEnv,
): { keys: readonly AuditKey[] | null; publicKeys: readonly CheckpointKey[] } {
  if (publicKeyFiles.length > 0) return { keys: null, publicKeys: publicKeyFiles.map(readPublicKey) };
  const { AUDIT_KEYS_FILE: file } = parseSettings(z.object({ AUDIT_KEYS_FILE: z.string() }), {
    ...environment,
    ...(keysFile !== null && { AUDIT_KEYS_FILE: keysFile }),
  });
  const keys = readAuditKeys(file);
  return { keys, publicKeys: publicKeysOf(keys) };
}

/** A public key is published in a file that is called by its id. */
function readPublicKey(file: string): CheckpointKey {
  try {
    return { id: path.basename(file, '.pem'), publicKey: createPublicKey(readFileSync(file)) };
  } catch (cause) {
    throw new StartupError(`${file} holds no public key in PEM form.`, { cause });
  }
}

function requireDirectory(directory: string): void {
  try {
    readdirSync(directory);
  } catch (cause) {
    throw new StartupError(`The directory of the checkpoints, ${directory}, cannot be read.`, { cause });
  }
}

/** What a person can mend; undefined for a fault of ours. */
function explain(error: unknown): string | undefined {
  if (error instanceof StartupError) return error.message;
  const connection = databaseConnectionFailure(error);
  if (connection !== undefined) return connection;
  // A table that is missing or may not be read, among others: what PostgreSQL says is what there is to say.
  return error instanceof DatabaseError ? `The database says: ${error.message}.` : undefined;
}
