import { afterAll, beforeAll } from "vitest";
import type { Deps } from "../../src/deps.ts";
import { resolveWaiting } from "../../src/resolver.ts";
import { createPreparedDb, openPool } from "../../src/store/postgres/db.ts";
import { type TestDatabase, useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertLender, insertType } from "../lender.ts";

/** The tables that grow with the portfolio or with the record. */
const GROWING =
  /(borrowers|contacts|loans|cases|case_changes|case_moves|resolutions|interactions|interaction_transitions|judgements|record_changes|receipts|tree_leaves|consent_records|contact_events)/;

/** Indexes of what waits, which stay small however much has been done, and what a statement has found itself. */
const SMALL = /consent_records_waiting|inbound_messages_open|interactions_in_progress|CTE Scan/;

/** The steps of a plan that read all rows of a table that grows, each with the beginning of its statement. */
function wholeReads(plan: string): string[] {
  const statement = plan.replaceAll(/\s+/g, " ").slice(0, 200);
  const lines = plan.split("\n");
  return lines.filter(isWholeRead).map((line) => `${line.trim()} in ${statement}`);
}

function isWholeRead(line: string, at: number, lines: readonly string[]): boolean {
  // "exists" inside an expression, which Postgres may answer from a hash table of all rows
  const hashed = [...line.matchAll(/hashed SubPlan (\d+)/g)];
  if (hashed.some(([, place = ""]) => !SMALL.test(firstStepOf(place, lines)))) return true;
  if (!GROWING.test(line) || SMALL.test(line)) return false;
  if (/Seq Scan on/.test(line)) return true;
  // the first or last row of an index
  if (/->  Limit /.test(lines[at - 1] ?? "")) return false;
  return /Index (Only )?Scan/.test(line) && !/Index Cond/.test(lines[at + 1] ?? "");
}

const firstStepOf = (subPlan: string, lines: readonly string[]): string =>
  lines[lines.findIndex((line) => line.trim() === `SubPlan ${subPlan}`) + 1] ?? "";

/** The name of cases, and the number of their first borrower. */
export interface CasesFrom {
  readonly name: string;
  readonly first: number;
}

/** A database with many notices that are not due, and sessions of it that report the plans of their statements. */
export interface ReportedPlans extends TestDatabase {
  /** The dependencies of the daemon on the sessions that report. */
  readonly deps: (rest?: Partial<Deps>) => Deps;
  /** Inserts one change each of `count` borrowers, from the number `first` on, as cases `NAME-1` and so on. Each fires a notice. */
  readonly insertChanges: (caseType: string, count: number, from?: CasesFrom) => Promise<unknown>;
  /** Forgets the plans that were reported so far. */
  readonly forget: () => void;
  /** The number of reported plans, and the steps that read a whole table that grows. */
  readonly count: () => number;
  readonly wholeReads: () => string[];
}

/**
 * A connection keeps the plans that it made, so those for small tables are used when the tables have grown. Of 100 rows all are read
 * sooner than one is looked up; 5,000 are as good as any number.
 */
export function useReportedPlans(notices: number): ReportedPlans {
  const database = useDatabase();
  const { pool } = database;
  const plans: string[] = [];
  /** A session like those of the daemon, in which Postgres reports the plan of each statement, also of those inside functions. */
  const reporting = openPool({
    url: database.url,
    actor: "test",
    max: 3,
    prepared: true,
    onLost: () => {},
  });
  reporting.on("connect", (client) => {
    client.on("notice", ({ message }) => void (message?.includes("plan:") && plans.push(message)));
    void client.query(`load 'auto_explain'; set auto_explain.log_min_duration = 0;
      set auto_explain.log_nested_statements = on; set client_min_messages = log`);
  });
  afterAll(() => reporting.end());
  const insertChanges = (
    caseType: string,
    count: number,
    { name, first }: CasesFrom = { name: caseType, first: 1 },
  ): Promise<unknown> =>
    reporting.query(
      `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status)
       select $3 || '-' || n, $1, 'B-' || n, array['L-' || n], 'initiated' from generate_series($4::int, $4 + $2::int - 1) n`,
      [caseType, count, name, first],
    );
  beforeAll(async () => {
    await insertLender(pool);
    await insertType(pool, { id: 1 });
    await insertType(pool, {
      id: 2,
      caseTypes: ["disputeOfDebt"],
      delay: 30,
      unit: "calendarDays",
    });
    await insertPortfolio(database, notices);
    await insertChanges("disputeOfDebt", notices);
    await resolveWaiting(depsOn(database));
    await insertReports(database);
    await pool.query("analyze");
  });
  const db = createPreparedDb(reporting);
  return {
    ...database,
    deps: (rest = {}) => depsOn({ ...database, pool: reporting, db }, rest),
    insertChanges,
    forget: () => void (plans.length = 0),
    count: () => plans.length,
    wholeReads: () => plans.flatMap(wholeReads),
  };
}

/** Inserts so many borrowers with a loan, an email address and a phone. */
const insertPortfolio = ({ pool }: TestDatabase, count: number): Promise<unknown> =>
  pool.query(
    `with borrower as (
       insert into tidings.borrowers (id, name) select 'B-' || n, '{"firstName": "Pat"}' from generate_series(1, $1::int) n returning id
     ), loan as (
       insert into tidings.loans (id, borrower_id, display_id) select 'L-' || n, 'B-' || n, n::text from generate_series(1, $1::int) n
     )
     insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages)
     select 'C-' || n, 'B-' || n, 'email', 'personal', 'pat@example.com', false from generate_series(1, $1::int) n
     union all
     select 'P-' || n, 'B-' || n, 'phone', 'personal', '+1614555' || lpad(n::text, 4, '0'), true from generate_series(1, $1::int) n`,
    [count],
  );

/** Inserts for each notice a receipt and what was found out about its contact. */
const insertReports = ({ pool }: TestDatabase): Promise<unknown> =>
  pool.query(`
    insert into tidings.receipts (provider, interaction_id, raw_status) select 'smtp', i.id, 'delivered' from tidings.interactions i;
    delete from tidings.receipt_queue;
    insert into tidings.contact_events (kind, contact_id, borrower_id, interaction_id, reason)
    select 'softFailure', 'C-' || substr(i.person_id, 3), i.person_id, i.id, 'Mailbox full' from tidings.interactions i;
    insert into tidings.consent_records (contact_id, change, scope, source, interaction_id, reason)
    select 'C-' || substr(i.person_id, 3), 'optOut', 'marketing', 'reply', i.id, 'STOP' from tidings.interactions i;
    update tidings.consent_records set applied_at = now()`);
