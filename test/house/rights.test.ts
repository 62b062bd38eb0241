import { describe, expect, test } from "vitest";
import { QUEUE_SCHEMA } from "../../src/store/postgres/queue-schema.ts";
import { useDatabase } from "../database.ts";

const { pool } = useDatabase();

/** Functions that every role may execute: they run in the name of the caller and read nothing secret. */
const OPEN_TO_ALL = [
  "allow_only_erasure(tidings.interactions,tidings.interactions)",
  "awaits_receipt(text,text)",
  "chain_of_message(text)",
  "forbid(text,text,text)",
  "is_built_in_calendar(text)",
  "is_change_of_record(tidings.interactions,tidings.interactions)",
  "is_ended_unsent(text,text,jsonb)",
  "is_erasure(tidings.interactions,tidings.interactions)",
  "is_guard_value(text,jsonb)",
  "is_outcome_unknown(text,text)",
  "is_resealed(jsonb,jsonb)",
  "last_digits(text)",
  "logged_status_may_move(text,text)",
  "longest_of(text[])",
  "may_operate(name)",
  "may_send(name)",
  "may_set_policy(name)",
  "moved_by()",
  "raise_missing_reference(text,text,text)",
  "refuse(text,text,text)",
  "refuse_word(text,text)",
  "session_role()",
  "status_may_move(text,text)",
  "was_sent(text,text)",
];

async function functionsWhere(condition: string): Promise<string[]> {
  const { rows } = await pool.query<{ name: string }>(
    `select substring(p.oid::regprocedure::text from 'tidings\\.(.*)') as name
     from pg_proc p where p.pronamespace = 'tidings'::regnamespace and ${condition} order by 1`,
  );
  return rows.map((row) => row.name);
}

/** Null means Postgres's own default, which includes everybody. */
const GRANTED = "aclexplode(coalesce(p.proacl, acldefault('f', p.proowner)))";

test("everybody may execute these functions, and no other", async () => {
  const open = `exists (select from ${GRANTED} a where a.grantee = 0)`;
  expect(await functionsWhere(open), "revoke execute from public in the same migration").toEqual(
    OPEN_TO_ALL,
  );
});

test("only the owner may execute a function that runs as the owner", async () => {
  const granted = `p.prosecdef and exists (select from ${GRANTED} a where a.grantee <> p.proowner)`;
  expect(await functionsWhere(granted)).toEqual([]);
  expect((await functionsWhere("p.prosecdef")).length).toBeGreaterThan(10);
});

test("the search path of a caller changes no function", async () => {
  const loose =
    "p.prosqlbody is null and not exists (select from unnest(p.proconfig) c where c like 'search\\_path=pg_catalog, pg_temp')";
  expect(
    await functionsWhere(loose),
    "set search_path = pg_catalog, pg_temp, or a body after `return`",
  ).toEqual([]);
});

test("no function of the queue runs as its owner", async () => {
  const { rows } = await pool.query(
    "select p.oid::regprocedure as name from pg_proc p where p.pronamespace = $1::regnamespace and p.prosecdef",
    [QUEUE_SCHEMA],
  );
  expect(rows).toEqual([]);
});

test("no table, view or sequence is open to everybody", async () => {
  const { rows } = await pool.query(
    `select c.oid::regclass as name from pg_class c, aclexplode(c.relacl) a
     where c.relnamespace in ('tidings'::regnamespace, $1::regnamespace) and a.grantee = 0`,
    [QUEUE_SCHEMA],
  );
  expect(rows).toEqual([]);
});

describe("a trigger function that runs as the owner refuses a table that is not its own", async () => {
  test("for a table with any columns", async () => {
    const names = await functionsWhere("p.prosecdef and p.prorettype = 'trigger'::regtype");
    for (const name of names) {
      await pool.query(`
        create table public.foreign_rows (id text, status text);
        create trigger foreign_trigger before insert on public.foreign_rows
        for each row execute function tidings.${name}`);
      await expect(
        pool.query("insert into public.foreign_rows (id) values ('x')"),
        name,
      ).rejects.toMatchObject({
        constraint: "triggers_stay_on_their_tables",
      });
      await pool.query("drop table public.foreign_rows");
    }
  });
});
