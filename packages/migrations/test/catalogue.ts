import type { Connection } from './connect.js';

/** Every object of a schema by its kind and name (`column users.email`), with PostgreSQL's definition of it. */
export type Catalogue = ReadonlyMap<string, string>;

/** What belongs to an extension is the extension's own affair. */
const notOfExtension = (catalogue: string, oid: string): string =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalogue}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`;

const here = 'quote_ident(current_schema())::regnamespace';

const queries = [
  `SELECT CASE relkind WHEN 'v' THEN 'view ' WHEN 'S' THEN 'sequence ' WHEN 'r' THEN 'table ' ELSE relkind::text || ' ' END || relname,
          CASE relkind WHEN 'v' THEN pg_get_viewdef(oid) ELSE '' END
   FROM pg_class WHERE relnamespace = ${here} AND relkind NOT IN ('i') AND ${notOfExtension('pg_class', 'pg_class.oid')}`,
  `SELECT 'column ' || relname || '.' || attname,
          concat_ws(' ', format_type(atttypid, atttypmod),
            CASE WHEN attnotnull THEN 'NOT NULL' END,
            CASE attgenerated WHEN 's' THEN 'GENERATED' ELSE '' END || attidentity::text,
            pg_get_expr(adbin, adrelid))
   FROM pg_attribute JOIN pg_class t ON t.oid = attrelid
   LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
   WHERE relnamespace = ${here} AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
   ORDER BY relname, attnum`,
  `SELECT 'constraint ' || relname || '.' || conname, pg_get_constraintdef(c.oid) || CASE WHEN convalidated THEN '' ELSE ' NOT VALID' END
   FROM pg_constraint c JOIN pg_class t ON t.oid = conrelid WHERE connamespace = ${here}`,
  `SELECT 'index ' || relname, pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' INVALID' END
   FROM pg_index JOIN pg_class i ON i.oid = indexrelid
   WHERE relnamespace = ${here} AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x'))`,
  `SELECT 'trigger ' || relname || '.' || tgname, pg_get_triggerdef(g.oid) || ' ' || tgenabled::text
   FROM pg_trigger g JOIN pg_class t ON t.oid = tgrelid WHERE relnamespace = ${here} AND NOT tgisinternal`,
  `SELECT CASE prokind WHEN 'p' THEN 'procedure ' ELSE 'function ' END || proname || '(' || replace(oidvectortypes(proargtypes), ', ', ',') || ')', pg_get_functiondef(oid)
   FROM pg_proc WHERE pronamespace = ${here} AND ${notOfExtension('pg_proc', 'pg_proc.oid')}`,
  `SELECT 'type ' || typname, typtype::text FROM pg_type
   WHERE typnamespace = ${here} AND typrelid = 0 AND typelem = 0 AND ${notOfExtension('pg_type', 'pg_type.oid')}`,
  `SELECT 'extension ' || extname, extnamespace::regnamespace::text FROM pg_extension WHERE extname <> 'plpgsql'`,
  `SELECT 'rule ' || tablename || '.' || rulename, definition FROM pg_rules WHERE schemaname = current_schema()`,
  `SELECT 'policy ' || tablename || '.' || policyname, coalesce(qual, '') FROM pg_policies WHERE schemaname = current_schema()`,
];

/**
 * Reads all that PostgreSQL knows of the schema in which the connection makes objects. Names of the schema itself
 * are left out of definitions, so that those of two schemas compare.
 */
export async function readCatalogue(connection: Connection): Promise<Catalogue> {
  const [schema] = await connection.query<{ name: string }>('SELECT quote_ident(current_schema()) AS name');
  const catalogue = new Map<string, string>();
  for (const query of queries) {
    const rows = await connection.query<{ name: string; definition: string }>(
      `SELECT * FROM (${query}) AS objects (name, definition)`,
    );
    for (const { name, definition } of rows) {
      catalogue.set(name, definition.replaceAll(`${schema?.name ?? ''}.`, ''));
    }
  }
  return catalogue;
}

/** The names of a table's columns, in their order. */
export function columnsOf(catalogue: Catalogue, table: string): string[] {
  const prefix = `column ${table}.`;
  return [...catalogue.keys()]
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length));
}
