import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { ServiceName } from '@caregraph/service-kit';
import type { ClientBase } from 'pg';
import { z } from 'zod';
import type { Finding } from './verify-finding.js';

const guardsSchema = z.record(z.string(), z.string());

/** What guards a trail, by name, with the SHA-256 of how it is defined. */
export type Guards = z.output<typeof guardsSchema>;

/** How a migrated database of this release guards the trail; a test keeps the files in step with the migrations. */
export async function expectedGuards(service: ServiceName): Promise<Guards> {
  return guardsSchema.parse(JSON.parse(await readFile(guardsFile(service), 'utf8')));
}

/** Where what is expected stands. */
export function guardsFile(service: ServiceName): URL {
  return new URL(`../guards/${service}.json`, import.meta.url);
}

/** What is expected, as the file has it. */
export function guardsText(guards: Guards): string {
  return `${JSON.stringify(guards, undefined, 2)}\n`;
}

/** Reads from PostgreSQL's catalogue what has entries written, and what keeps them from being rewritten. */
export async function readGuards(client: ClientBase, schema: string): Promise<Guards> {
  const { rows } = await client.query<{ name: string; parts: unknown[]; path: string[] | null }>(
    guardStatement,
    [schema],
  );
  return Object.fromEntries(
    rows.map(({ name, parts, path }) => {
      // The schema comes first, so that nothing else can be meant by a name; what it is called differs.
      const searchPath = path?.map((one) => (one === schema ? '' : one));
      const definition = [parts, searchPath?.filter((one, index) => one !== 'public' || index === 0)];
      return [name, createHash('sha256').update(JSON.stringify(definition)).digest('hex')];
    }),
  );
}

/**
 * What somebody has put into `pg_catalog`, where PostgreSQL looks for names first: with it, the server answers
 * otherwise than it was made to. Numbers from 16384 on are given out after a cluster was made. Asked in words that no
 * such object can stand in for, and before anything else is.
 */
export async function findForeignBuiltins(client: ClientBase): Promise<Finding[]> {
  const { rows } = await client.query<{ name: string }>(foreignBuiltinsStatement);
  return rows.map(({ name }) => ({
    kind: 'guard-altered',
    detail: `The ${name} is no part of PostgreSQL: what this server answers is not to be relied on.`,
  }));
}

/** What is missing, altered, or there although no migration makes it. */
export function compareGuards(expected: Guards, actual: Guards): Finding[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])].sort();
  return names.flatMap((name) => {
    if (expected[name] === actual[name]) return [];
    const [isExpected, isThere] = [Object.hasOwn(expected, name), Object.hasOwn(actual, name)];
    const state = isExpected && isThere ? 'is not as' : isThere ? 'is there, unlike' : 'is missing, unlike';
    return [
      { kind: 'guard-altered', detail: `The ${name} ${state} the migrations of this release make it.` },
    ];
  });
}

/** `pg_catalog` has the number 11 in every cluster; a cast is in no schema, so its types tell. */
const foreignBuiltinsStatement = `
  SELECT 'function '::text OPERATOR(pg_catalog.||) proname::text AS name FROM pg_catalog.pg_proc
  WHERE oid OPERATOR(pg_catalog.>=) '16384'::oid AND pronamespace OPERATOR(pg_catalog.=) '11'::oid
  UNION ALL
  SELECT 'operator '::text OPERATOR(pg_catalog.||) oprname::text FROM pg_catalog.pg_operator
  WHERE oid OPERATOR(pg_catalog.>=) '16384'::oid AND oprnamespace OPERATOR(pg_catalog.=) '11'::oid
  UNION ALL
  SELECT 'cast from '::text OPERATOR(pg_catalog.||) source.typname::text OPERATOR(pg_catalog.||) ' to '
    OPERATOR(pg_catalog.||) target.typname::text
  FROM pg_catalog.pg_cast
  JOIN pg_catalog.pg_type AS source ON source.oid OPERATOR(pg_catalog.=) castsource
  JOIN pg_catalog.pg_type AS target ON target.oid OPERATOR(pg_catalog.=) casttarget
  WHERE pg_cast.oid OPERATOR(pg_catalog.>=) '16384'::oid
    AND source.typnamespace OPERATOR(pg_catalog.=) '11'::oid AND target.typnamespace OPERATOR(pg_catalog.=) '11'::oid`;

/**
 * The triggers that write entries, all triggers of the trail's own tables, the functions of both, and of all tables
 * that are audited what could turn a statement into another one: rules and policies.
 */
const guardStatement = `
  WITH guarded AS (
    SELECT class.oid, class.relname, class.relkind, class.relhasrules, class.relrowsecurity
    FROM pg_catalog.pg_class AS class
    WHERE class.relnamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1)
      AND (
        class.relname IN ('audit_entries', 'audit_seals')
        OR class.oid IN (SELECT tgrelid FROM pg_catalog.pg_trigger WHERE tgname LIKE 'record\\_%' AND NOT tgisinternal)
      )
  ), triggers AS (
    SELECT guarded.relname, trigger.*
    FROM guarded JOIN pg_catalog.pg_trigger AS trigger ON trigger.tgrelid = guarded.oid
    WHERE NOT trigger.tgisinternal
      AND (trigger.tgname LIKE 'record\\_%' OR guarded.relname IN ('audit_entries', 'audit_seals'))
  )
  SELECT 'table ' || relname AS name, json_build_array(relkind, relhasrules, relrowsecurity) AS parts,
    NULL::text[] AS path
  FROM guarded
  UNION ALL
  SELECT 'trigger ' || tgname || ' of ' || relname,
    json_build_array(tgenabled, tgtype, tgattr::text, tgqual IS NULL, encode(tgargs, 'hex'), tgoldtable, tgnewtable,
      (SELECT proname FROM pg_catalog.pg_proc WHERE oid = tgfoid)),
    NULL
  FROM triggers
  UNION ALL
  SELECT 'function ' || proname,
    json_build_array(replace(prosrc, quote_ident($1) || '.', ''), prosecdef, pronamespace = (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = $1),
      (SELECT lanname FROM pg_catalog.pg_language WHERE oid = prolang)),
    ARRAY(
      SELECT btrim(part, ' "') FROM unnest(proconfig) AS setting, unnest(string_to_array(substr(setting, 13), ',')) AS part
      WHERE setting LIKE 'search_path=%'
    )
  FROM pg_catalog.pg_proc
  WHERE oid IN (SELECT tgfoid FROM triggers)
  ORDER BY name`;
