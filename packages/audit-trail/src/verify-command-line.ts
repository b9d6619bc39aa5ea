import { parseArgs } from 'node:util';
import { serviceNames, type ServiceName } from '@caregraph/service-kit';

/** What `npm run audit:verify` was asked for. */
export interface VerifyCommand {
  readonly services: readonly ServiceName[];
  readonly isJson: boolean;
  /** Paths as they were typed; null where the settings tell. */
  readonly checkpoints: string | null;
  readonly keysFile: string | null;
  readonly publicKeyFiles: readonly string[];
}

/** A command line that asks for nothing that there is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const usage = `Usage: npm run audit:verify [-- users|patients|appointments] [--checkpoints DIRECTORY]
         [--keys FILE | --public-key FILE ...] [--json]`;

/** Reads the arguments after the program's name. Throws a `UsageError` that says what is wrong, and the usage. */
export function parseVerifyCommandLine(args: readonly string[]): VerifyCommand {
  const { positionals, values } = parse(args);
  const services = positionals.filter((name) => isService(name));
  const unknown = positionals.find((name) => !isService(name));
  if (unknown !== undefined) throw new UsageError(`There is no service "${unknown}".\n${usage}`);
  const publicKeyFiles = values['public-key'] ?? [];
  if (values.keys !== undefined && publicKeyFiles.length > 0) {
    throw new UsageError(`--keys and --public-key exclude each other.\n${usage}`);
  }
  return {
    services: services.length === 0 ? serviceNames : services,
    isJson: values.json ?? false,
    checkpoints: values.checkpoints ?? null,
    keysFile: values.keys ?? null,
    publicKeyFiles,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        checkpoints: { type: 'string' },
        keys: { type: 'string' },
        'public-key': { type: 'string', multiple: true },
        json: { type: 'boolean' },
      },
    });
  } catch (error) {
    throw new UsageError(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

function isService(name: string): name is ServiceName {
  return serviceNames.some((service) => service === name);
}
