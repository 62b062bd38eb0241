import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createChannel } from "../../src/channels.ts";
import { readConfig } from "../../src/config.ts";
import type { Deps } from "../../src/deps.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import type { ArrivedReceipt } from "../../src/domain/receipts/arrived-receipt.ts";
import { createIntakeSweep } from "../../src/intake-sweep.ts";
import { applyWaiting } from "../../src/receipts/applier.ts";
import { createTreeGrower } from "../../src/record/record-tree.ts";
import { refreshPolls } from "../../src/store/receipts/polls.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { openSmtp } from "../../src/providers/smtp/smtp.ts";
import { resolveWaiting } from "../../src/resolver.ts";
import { createPreparedDb, openPool } from "../../src/store/postgres/db.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { countStandings } from "../interactions.ts";
import { insertLender, insertType } from "../lender.ts";
import { openScriptedSmtp } from "../providers/scripted-smtp.ts";
import { runDueJobs } from "../queue.ts";

const FEW = 40;
/** The tables that grow with the portfolio or with the record. */
const GROWING =
  /(borrowers|contacts|loans|cases|case_changes|case_moves|resolutions|interactions|interaction_transitions|judgements)/;

/** The steps of a plan that read all rows of a table that grows. */
function wholeReads(plan: string): string[] {
  const lines = plan.split("\n");
  return lines.filter((line, at) => {
    // "exists" inside an expression, which Postgres may answer from a hash table of all rows
    if (/hashed SubPlan/.test(line)) return true;
    if (!GROWING.test(line)) return false;
    if (/Seq Scan on/.test(line)) return true;
    // the first or last row of an index
    if (/->  Limit /.test(lines[at - 1] ?? "")) return false;
    return /Index (Only )?Scan/.test(line) && !/Index Cond/.test(lines[at + 1] ?? "");
  });
}

const receiptOf = (interactionId: InteractionId): ArrivedReceipt => ({
  provider: "smtp",
  providerMessageId: null,
  interactionId,
  rawStatus: "delivered",
  code: "2.0.0",
  qualifier: null,
  reportedAt: null,
  payload: null,
});

/**
 * A connection keeps the plans that it made, so those for small tables are used when the tables have grown. Of 100 rows all are read
 * sooner than one is looked up; 5,000 are as good as any number.
 */
describe.each([100, 5_000])("planned on %i notices", (notices) => {
  const { pool, ...database } = useDatabase();
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
      set auto_explain.log_nested_statements = on; set client_min_messages = log;
      set plan_cache_mode = force_generic_plan`);
  });
  afterAll(() => reporting.end());

  beforeAll(async () => {
    await insertLender(pool);
    await insertType(pool, { id: 1 });
    await insertType(pool, {
      id: 2,
      caseTypes: ["disputeOfDebt"],
      delay: 30,
      unit: "calendarDays",
    });
    await pool.query(
      `with borrower as (
         insert into tidings.borrowers (id, name) select 'B-' || n, '{"firstName": "Pat"}' from generate_series(1, $1::int) n returning id
       ), loan as (
         insert into tidings.loans (id, borrower_id, display_id) select 'L-' || n, 'B-' || n, n::text from generate_series(1, $1::int) n
       )
       insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages)
       select 'C-' || n, 'B-' || n, 'email', 'personal', 'pat@example.com', false from generate_series(1, $1::int) n`,
      [notices],
    );
    await insertChanges("disputeOfDebt", notices);
    await resolveWaiting(depsOn({ ...database, pool }));
    await pool.query("analyze");
  });

  const insertChanges = (caseType: string, count: number): Promise<unknown> =>
    reporting.query(
      `insert into tidings.case_changes (case_id, case_type_id, borrower_id, loan_ids, status)
       select $1 || '-' || n, $1, 'B-' || n, array['L-' || n], 'initiated' from generate_series(1, $2::int) n`,
      [caseType, count],
    );

  const depsOfReporting = (): Deps =>
    depsOn({ ...database, pool: reporting, db: createPreparedDb(reporting) });

  test("neither intake nor resolving nor delivery reads a whole table, whatever its size", async () => {
    const peer = await openScriptedSmtp({});
    const provider = openSmtp({
      url: `smtp://127.0.0.1:${peer.port}`,
      slots: 4,
      deadlineMs: 5_000,
    });
    const email = createChannel(provider, readConfig({}).channels.email);
    const deps = { ...depsOfReporting(), channels: { email } };
    plans.length = 0;

    await insertChanges("bankruptcy", FEW);
    await runDueJobs({ ...database, pool }, deps);

    expect(await countStandings(pool, "bankruptcy")).toEqual({ "attempted emailSent 1": FEW });
    expect(plans.length).toBeGreaterThan(50);
    expect(plans.flatMap(wholeReads)).toEqual([]);
    await Promise.all([provider.close(), peer.close()]);
  });

  test("neither receipts nor the record tree nor the sweeps read a whole table", async () => {
    const deps = depsOfReporting();
    const { rows } = await pool.query<{ id: InteractionId }>(
      "select id from tidings.interactions where case_id like 'bankruptcy-%'",
    );
    const receipts = rows.map(({ id }) => receiptOf(id));
    // so that the tree has all but the newest rows
    const grow = createTreeGrower(deps, undefined);
    for (let round = 0; round < 4; round += 1) await grow();
    // Postgres does this by itself at any time, and plans differently afterwards
    await pool.query("analyze");
    plans.length = 0;

    await keepReceipts(deps.db, receipts);
    await applyWaiting(deps);
    await grow();
    await refreshPolls(deps.db, new Date(0), 60_000);
    await createIntakeSweep(deps)();

    expect(plans.length).toBeGreaterThan(20);
    expect(plans.flatMap(wholeReads)).toEqual([]);
  });
});
