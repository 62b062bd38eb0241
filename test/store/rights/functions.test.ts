import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertLender } from "../../lender.ts";
import { useRole } from "../../roles.ts";

const database = useDatabase();
const { pool } = database;
const attacker = useRole(database, "attacker");

beforeAll(async () => {
  await insertLender(pool);
  await pool.query(`grant usage on schema tidings to ${attacker.name}`);
});

/** A type whose cast runs code of the attacker inside the trigger function. */
const TROJAN_TYPE = `
  create type pg_temp.e as (x text);
  create function pg_temp.f(v pg_temp.e) returns text language plpgsql as $$
  begin
    execute 'grant select on tidings.secrets to public';
    return 'x';
  end $$;
  create cast (pg_temp.e as text) with function pg_temp.f(pg_temp.e) as assignment;
  create temp table forge (id bigint, status text, status_details pg_temp.e, evidence jsonb);`;

describe("a role with usage on the schema, and with its own table", () => {
  test.each([
    [
      "does not become the owner",
      `${TROJAN_TYPE}
       create trigger t after insert on pg_temp.forge referencing new table as added
       for each statement execute function tidings.write_first_transition()`,
    ],
    [
      "does not deprecate a template",
      `create temp table templates (id int, version int, status text);
       create trigger t before update on pg_temp.templates for each row execute function tidings.guard_versions()`,
    ],
    [
      "does not rewrite a case",
      `create temp table forged (id bigint);
       create trigger t after insert on pg_temp.forged referencing new table as inserted
       for each statement execute function tidings.take_in_case_changes()`,
    ],
    [
      "does not write history",
      `create temp table contacts (id text);
       create trigger t after update on pg_temp.contacts for each row execute function tidings.record_change('id')`,
    ],
  ])("%s", async (_, statements) => {
    await attacker.run(async (client) => {
      await expect(client.query(statements)).rejects.toThrow(/permission denied for function/);
    });
  });
});
