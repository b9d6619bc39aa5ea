import { parseArgs } from 'node:util';
import { encryptedServices, type EncryptedService } from './encrypted-columns.js';

/** What a command line asks for. */
export interface KeysCommand {
  readonly name: 'keys:rotate' | 'keys:status';
  readonly services: readonly EncryptedService[];
  /** Whether the master key changes, rather than the data keys. */
  readonly master: boolean;
}

/** A command line that cannot be followed; the message says why, and how to write it. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const usage = `Usage:
  npm run keys:rotate [-- <service>] [--master]
  npm run keys:status [-- <service>]
keys:rotate makes a new data key and re-encrypts every value, while the services run; interrupted, it goes on when it
is run again. With --master it wraps the data keys with the newest master key instead, and touches no value.
Services: ${encryptedServices.join(', ')}.`;

/** Reads the arguments after the program's name. Throws a UsageError. */
export function parseCommandLine(args: readonly string[]): KeysCommand {
  const { values, positionals } = parse(args);
  const [name, target, ...rest] = positionals;
  const service = encryptedServices.find((candidate) => candidate === target);
  if (rest.length > 0) throw refusal(`Too many arguments: ${rest.join(' ')}.`);
  if (target !== undefined && service === undefined) throw refusal(`There are no keys of "${target}".`);
  if (name !== 'keys:rotate' && name !== 'keys:status') throw refusal(`There is no command "${name ?? ''}".`);
  const master = values.master ?? false;
  if (master && name === 'keys:status') throw refusal('keys:status takes no --master.');
  return { name, services: service === undefined ? encryptedServices : [service], master };
}

function parse(args: readonly string[]): { values: { master?: boolean }; positionals: string[] } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { master: { type: 'boolean' } },
    });
  } catch (error) {
    throw refusal(error instanceof Error ? error.message : String(error));
  }
}

function refusal(reason: string): UsageError {
  return new UsageError(`${reason}\n${usage}`);
}
