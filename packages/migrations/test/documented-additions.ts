import { readFile } from 'node:fs/promises';
import type { Service } from '../src/services.js';

/** One object that `prisma/README.md` lists beyond the specification. */
export interface Addition {
  /** For example `index idx_users_email_lower`. */
  readonly name: string;
  readonly reason: string;
}

/** Reads the tables under "In every database" and under the service's own heading. */
export async function documentedAdditions(service: Service): Promise<Addition[]> {
  const text = await readFile(new URL('../../../prisma/README.md', import.meta.url), 'utf8');
  return ['In every database', service].flatMap((heading) => additionsUnder(text, heading));
}

function additionsUnder(text: string, heading: string): Addition[] {
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`prisma/README.md has no section "${heading}"`);
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [, names = '', reason = ''] = line.split('|').map((cell) => cell.trim());
      return [...names.matchAll(/`([^`]+)`/g)].map(([, name = '']) => ({ name, reason }));
    });
}
