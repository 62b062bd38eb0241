import { expect, test } from "vitest";
import { RIGHTS } from "../../../src/store/rights/role-rights.ts";
import { useDatabase } from "../../database.ts";

const { pool } = useDatabase();

const written = [...RIGHTS.core.tables, ...RIGHTS.operator.tables].flatMap(
  ({ privileges, tables }) => (privileges.includes("insert") ? tables : []),
);

test("no role but the daemon's can choose the author of a row", async () => {
  const { rows } = await pool.query<{ author: string; is_set: boolean }>(
    `select c.relname || '.' || a.attname as author, exists (
       select from pg_trigger t
       join pg_proc p on p.oid = t.tgfoid
       -- a row trigger before an insert
       where t.tgrelid = c.oid and t.tgtype & 7 = 7
         and (p.prosrc like '%new.' || a.attname || ' := tidings.moved_by()%' or p.prosrc like '%' || a.attname || '_is_not_chosen%')
     ) as is_set
     from pg_attrdef d
     join pg_attribute a on a.attrelid = d.adrelid and a.attnum = d.adnum
     join pg_class c on c.oid = d.adrelid
     where pg_get_expr(d.adbin, d.adrelid) = 'tidings.moved_by()' and c.relname = any($1)
     order by 1`,
    [written],
  );
  expect(rows.length).toBeGreaterThan(8);
  expect(rows.filter(({ is_set: isSet }) => !isSet)).toEqual([]);
});
