import { describe, expect, test } from "vitest";
import { readMigrations } from "../../src/store/migrate/migration-files.ts";
import { findBlockingDdl } from "./blocking-ddl.ts";

/** The baseline creates everything in an empty database. */
const BASELINE_END = "0010_rights";

test("no migration after the baseline blocks those who work meanwhile", async () => {
  const texts = Object.entries(await readMigrations());
  expect(texts.map(([name]) => name)).toContain(BASELINE_END);
  const faults = texts
    .filter(([name]) => name > BASELINE_END)
    .flatMap(([name, text]) => findBlockingDdl(name, text).map((fault) => `${name}: ${fault}`));
  expect(faults, "docs/migrations.md says how to do it without").toEqual([]);
});

describe("is refused", () => {
  test.each([
    "create index a on tidings.loans (data)",
    "CREATE UNIQUE INDEX a\n  ON tidings.loans (data)",
    "drop index tidings.loans_by_borrower",
    "reindex table tidings.loans",
    "lock table tidings.loans",
    "truncate tidings.loans",
    "alter table tidings.loans add constraint a check (data is not null)",
    "alter table tidings.loans add check (data is not null)",
    "alter table tidings.loans add constraint a foreign key (b) references tidings.borrowers",
    "alter table tidings.loans add constraint a unique (b)",
    "alter table tidings.loans add primary key (b)",
    "alter table tidings.loans add column a int check (a > 0)",
    "alter table tidings.loans add column a text references tidings.borrowers",
    "alter table tidings.loans add constraint a check (data is not null), add constraint b check (id <> '') not valid",
    "alter domain tidings.theme add constraint a check (value in ('x'))",
    "alter table tidings.loans alter column data type text",
    "alter table tidings.loans alter data set data type text",
    "alter table tidings.loans alter column data set not null",
    "alter table tidings.loans add column a int not null",
    "alter table tidings.loans add column a uuid default gen_random_uuid()",
    "alter table tidings.loans add column a timestamptz not null default clock_timestamp()",
    "alter table tidings.loans add column a text generated always as (id || 'x') stored",
    "alter table tidings.loans add column a bigint generated always as identity",
    "alter table tidings.loans rename column data to facts",
    "alter table tidings.loans rename to credits",
    "update tidings.interactions set theme = null",
    "delete from tidings.case_moves",
    "alter table tidings.loans drop column data",
    "drop table tidings.loans",
    "drop index concurrently if exists tidings.a; create index concurrently a on tidings.loans (data); select 1",
    "create index concurrently a on tidings.loans (data)",
    "alter table tidings.loans add constraint a check (data is not null) not valid; alter table tidings.loans validate constraint a",
    "create table tidings.a (id int); create index b on tidings.loans (data)",
  ])("%s", (text) => {
    expect(findBlockingDdl("0009_change", text)).not.toEqual([]);
  });
});

describe("may land", () => {
  test.each([
    "create table tidings.a (id int primary key, loan_id text references tidings.loans); create index b on tidings.a (id)",
    "alter table tidings.loans add column a int",
    "alter table tidings.loans add column a int not null default 0",
    "alter table tidings.loans add constraint a check (data is not null) not valid -- why",
    "alter table tidings.loans validate constraint a",
    "alter table tidings.loans add constraint a unique using index b",
    "alter domain tidings.theme drop constraint a; alter domain tidings.theme add constraint a check (value in ('x')) not valid",
    "drop index concurrently if exists tidings.a; create index concurrently a on tidings.loans (data)",
    "drop index concurrently tidings.a",
    "create or replace function tidings.a() returns void language plpgsql as $$ begin update tidings.interactions set theme = null; end $$",
    "-- create index a on tidings.loans (data)",
    "comment on table tidings.loans is 'alter table x rename to y; drop table z'",
  ])("%s", (text) => {
    expect(findBlockingDdl("0009_change", text)).toEqual([]);
  });

  test("a drop in a file that is named a contraction", () => {
    const text = "alter table tidings.loans drop column data";
    expect(findBlockingDdl("0012_contract_loans", text)).toEqual([]);
  });
});
