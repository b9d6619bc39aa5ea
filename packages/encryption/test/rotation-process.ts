import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { EncryptedService, KeyChangeOptions } from '@caregraph/encryption';
import { z } from 'zod';
import { keySettings } from '../../../test/cluster.js';

/** How the tests' processes follow the keys: sooner than those of an installation. */
export const quickFollowing = { interval: 50, patience: 3_000, journey: 500 };

const stepSchema = z.looseObject({ kind: z.string() });

const script = `
  import { actAsService } from '@caregraph/audit-trail';
  import { rotateDataKeys } from '@caregraph/encryption';
  const { haltAt, auditKeysFile, ...options } = JSON.parse(process.env.ROTATION);
  const outcome = await rotateDataKeys({
    ...options,
    changeContext: actAsService(options.service, auditKeysFile).changeContext,
    onStep(step) {
      console.log(JSON.stringify(step));
      if (step.kind === haltAt) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
    },
  });
  console.log(JSON.stringify({ kind: 'end', ...outcome }));
`;

/**
 * Changes the data key in a process of its own. One that is to be killed gets as far as its first step of that kind,
 * and is killed there with SIGKILL. Resolves to its steps, and rejects where it fails.
 */
export async function rotateInProcess(
  {
    service,
    migrationUrl,
    masterKeyFile = keySettings()['ENCRYPTION_MASTER_KEY_FILE'],
  }: { service: EncryptedService; migrationUrl: string; masterKeyFile?: string | undefined },
  { killAt }: { killAt?: string } = {},
): Promise<z.output<typeof stepSchema>[]> {
  const options: Omit<KeyChangeOptions, 'changeContext'> = {
    ...{ service, migrationUrl, following: quickFollowing },
    settings: { ENCRYPTION_MASTER_KEY_FILE: masterKeyFile },
  };
  const rotation = { ...options, haltAt: killAt, auditKeysFile: keySettings()['AUDIT_KEYS_FILE'] };
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, ROTATION: JSON.stringify(rotation) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const steps: z.output<typeof stepSchema>[] = [];
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    const step = stepSchema.parse(JSON.parse(line));
    steps.push(step);
    if (step.kind === killAt) child.kill('SIGKILL');
  }
  await ended;
  if (killAt === undefined && child.exitCode !== 0) throw new Error('The keys could not be changed.');
  return steps;
}
