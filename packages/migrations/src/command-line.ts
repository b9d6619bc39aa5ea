import { parseArgs } from 'node:util';
import { isService, services, type Service } from './services.js';

/** What a command line asks for. */
export type Command =
  | { readonly name: 'db:migrate' | 'db:status' | 'db:drift'; readonly services: readonly Service[] }
  | {
      readonly name: 'db:rollback';
      readonly services: readonly [Service];
      readonly steps: number;
      readonly discardAuditTrail: boolean;
    };

/** A command line that asks for nothing that there is. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const usage = `Usage:
  npm run db:migrate [-- <service>]
  npm run db:status [-- <service>]
  npm run db:rollback -- <service> [--steps <number>] [--discard-audit-trail]
  npm run db:drift [-- <service>]
Services: ${services.join(', ')}.`;

/** Reads the arguments after the program's name. Throws a UsageError that says what is wrong, and the usage. */
export function parseCommandLine(args: readonly string[]): Command {
  const { name, target, steps, discardAuditTrail } = parseArguments(args);
  if (target !== undefined && !isService(target)) throw refusal(`There is no service "${target}".`);
  switch (name) {
    case 'db:migrate':
    case 'db:status':
    case 'db:drift':
      if (steps !== undefined) throw refusal(`${name} takes no --steps.`);
      if (discardAuditTrail) throw refusal(`${name} takes no --discard-audit-trail.`);
      return { name, services: target === undefined ? services : [target] };
    case 'db:rollback':
      if (target === undefined) throw refusal('db:rollback needs a service.');
      if (!/^[1-9]\d{0,3}$/.test(steps ?? '1')) throw refusal('--steps is a number from 1 on.');
      return { name, services: [target], steps: Number(steps ?? '1'), discardAuditTrail };
    default:
      throw refusal(`There is no command "${name}".`);
  }
}

interface Arguments {
  readonly name: string;
  readonly target: string | undefined;
  readonly steps: string | undefined;
  readonly discardAuditTrail: boolean;
}

function parseArguments(args: readonly string[]): Arguments {
  let parsed;
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { steps: { type: 'string' }, 'discard-audit-trail': { type: 'boolean' } },
    });
  } catch (error) {
    throw refusal(error instanceof Error ? error.message : String(error));
  }
  const [name = '', target, ...rest] = parsed.positionals;
  if (rest.length > 0) throw refusal(`Too many arguments: ${rest.join(' ')}.`);
  const { steps, 'discard-audit-trail': discardAuditTrail = false } = parsed.values;
  return { name, target, steps, discardAuditTrail };
}

function refusal(reason: string): UsageError {
  return new UsageError(`${reason}\n${usage}`);
}
