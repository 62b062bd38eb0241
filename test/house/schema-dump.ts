import type { Pool } from "pg";

/** Everything the schema says, in words that do not depend on how it came about. */
const DESCRIBE: Readonly<Record<string, string>> = {
  columns: `
    select format('%s.%s %s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then ' not null' else '' end,
      coalesce(case when a.attgenerated <> '' then ' generated ' when a.attidentity <> '' then ' identity ' else ' default ' end
        || coalesce(pg_get_expr(d.adbin, d.adrelid), a.attidentity::text), '')) as line
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'v') and c.relnamespace = 'tidings'::regnamespace
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped and c.relname not like 'kysely%'
    order by c.relname, a.attnum`,
  constraints: `
    select format('%s: %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as line
    from pg_constraint
    where connamespace = 'tidings'::regnamespace and contype <> 'n' and conrelid::regclass::text not like '%kysely%'
    order by conrelid::regclass::text, conname`,
  indexes: `
    select indexdef as line from pg_indexes
    where schemaname = 'tidings' and tablename not like 'kysely%' order by tablename, indexname`,
  triggers: `
    select format('%s: %s', tgrelid::regclass, pg_get_triggerdef(t.oid)) as line
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = 'tidings'::regnamespace and not tgisinternal order by tgrelid::regclass::text, tgname`,
  views: `
    select format('%s: %s', viewname, definition) as line from pg_views where schemaname = 'tidings' order by viewname`,
  functions: `
    select pg_get_functiondef(oid) as line from pg_proc
    where pronamespace = 'tidings'::regnamespace order by proname, oidvectortypes(proargtypes)`,
};

/** Describes the schema `tidings` as text. */
export async function describeSchema(pool: Pool): Promise<string> {
  const parts: string[] = [];
  for (const [title, statement] of Object.entries(DESCRIBE)) {
    const { rows } = await pool.query<{ line: string }>(statement);
    parts.push(`-- ${title}\n${rows.map((row) => row.line.trimEnd()).join("\n")}\n`);
  }
  return parts.join("\n");
}
