import { beforeAll, describe, expect, test } from "vitest";
import { roles } from "../../../src/commands/roles.ts";
import { reinstate } from "../../../src/commands/reinstate.ts";
import { cancel } from "../../../src/commands/cancel.ts";
import { explain } from "../../../src/commands/explain/explain.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import { cancelScheduled } from "../../../src/store/operate/cancellation.ts";
import { reinstateCanceled } from "../../../src/store/operate/reinstatement.ts";
import { planNextAttempts } from "../../../src/store/deliver/next-attempts.ts";
import { withholdInteractions } from "../../../src/store/deliver/interactions.ts";
import { actingAs } from "../../../src/store/postgres/acting-as.ts";
import { createDb, openPool, type Db } from "../../../src/store/postgres/db.ts";
import { recordFound } from "../../../src/store/settle/unknown-outcomes.ts";
import { runOn } from "../../commands/run.ts";
import { untilWaitingForLock, useDatabase } from "../../database.ts";
import {
  insertInteraction,
  insertInteractions,
  type InteractionFields,
} from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";
import { useRole } from "../../roles.ts";

const database = useDatabase();
const { pool } = database;
const db = createDb(pool);
const operator = useRole(database, "operator");
const LATER = new Date(Date.now() + 86_400_000);
const BECAUSE = { operator: "kim", reason: "canceled by mistake" };

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

const asKim = <Result>(work: (tx: Db) => Promise<Result>): Promise<Result> =>
  actingAs(db, "operator:kim", work);

/** Inserts a scheduled interaction that an operator then cancels. */
async function insertCanceled(fields: InteractionFields = {}): Promise<InteractionId> {
  const id = await insertInteraction(pool, { scheduledAtFrom: LATER, ...fields });
  const by = { operator: "kim" };
  await asKim((tx) => cancelScheduled(tx, [id], { by, reason: "wrong template" }));
  return id;
}

const undo = (...ids: InteractionId[]): Promise<InteractionId[]> =>
  asKim((tx) => reinstateCanceled(tx, ids, BECAUSE));

async function liveOf(id: InteractionId): Promise<number> {
  const { rowCount } = await pool.query(
    "select from tidings.interactions where (id = $1 or first_interaction_id = $1) and status in ('scheduled', 'inProgress')",
    [id],
  );
  return rowCount ?? 0;
}

/** Inserts a next attempt, as a role could by itself. */
async function follow(id: InteractionId, by = pool): Promise<InteractionId> {
  const { rows } = await pool.query<{ caseChangeId: string; first: string; attempt: number }>(
    `select case_change_id as "caseChangeId", coalesce(first_interaction_id, id) as first, attempt + 1 as attempt
     from tidings.interactions where id = $1`,
    [id],
  );
  const { caseChangeId, first, attempt } = rows[0] ?? {};
  return await insertInteraction(by, {
    caseChangeId,
    firstInteractionId: first,
    previousInteractionId: id,
    attempt,
  });
}

describe("what an operator has canceled is scheduled again", () => {
  test("at its due time, as the next attempt, with who and why on record", async () => {
    const id = await insertCanceled();
    const [next] = await undo(id);
    const { rows } = await pool.query(
      `select i.status, i.attempt, i.previous_interaction_id, i.scheduled_at_from, i.created_by->>'id' as author, t.moved_by, t.evidence
       from tidings.interactions i join tidings.interaction_transitions t on t.interaction_id = i.id where i.id = $1`,
      [next],
    );
    expect(rows).toEqual([
      {
        status: "scheduled",
        attempt: 2,
        previous_interaction_id: id,
        scheduled_at_from: LATER,
        author: "operator:kim",
        moved_by: "operator:kim",
        evidence: { ...BECAUSE, reinstates: id },
      },
    ]);
    const { output } = await runOn(database, explain, id);
    expect(output).toContain('reason "canceled by mistake"');
    expect(await undo(id)).toEqual([]);
    expect(await liveOf(id)).toBe(1);
  });

  test("at once if its due time has passed, and again after another cancellation", async () => {
    const id = await insertCanceled({ scheduledAtFrom: new Date(Date.now() - 60_000) });
    const [next] = await undo(id);
    const due = await pool.query(
      "select from tidings.interactions where id = $1 and scheduled_at_from between now() - interval '30 seconds' and now()",
      [next],
    );
    expect(due.rowCount).toBe(1);
    await runOn(database, cancel, next ?? "", "--reason", "again");
    expect(await undo(next ?? id)).toHaveLength(1);
    expect(await liveOf(id)).toBe(1);
  });

  test("by an operator's role, which can plan no other next attempt", async () => {
    const sql: string[] = [];
    await roles.run(["--operator", operator.name], (text) => void sql.push(text));
    await pool.query(sql.join("\n"));
    const id = await insertCanceled();
    const ruled = await insertByRule();
    const own = openPool({ url: operator.url, actor: "operator:kim", max: 1, onLost: () => {} });
    await expect(follow(ruled, own)).rejects.toMatchObject({
      code: expect.stringMatching(/42501|23514/) as string,
    });
    await own.end();
    const ran = await runOn({ url: operator.url }, reinstate, id, "--reason", "mistake");
    expect(ran).toMatchObject({ code: 0 });
  });
});

async function insertByRule(): Promise<InteractionId> {
  const id = await insertInteraction(pool);
  const [ruleId, short, long] = ["case.moved", "Case has moved on", "It has."] as const;
  await withholdInteractions(db, [
    { interactionId: id, status: "canceled", ruleId, short, long, until: null },
  ]);
  return id;
}

async function insertByCaller(): Promise<InteractionId> {
  const id = await insertInteraction(pool);
  const by = { reportedBy: "key:core" };
  await actingAs(db, "key:core", (tx) => cancelScheduled(tx, [id], { by, reason: "by the core" }));
  return id;
}

async function insertAfterSent(): Promise<InteractionId> {
  const unknown = { status: "attempted", statusDetails: "emailOutcomeUnknown" };
  const id = await insertInteraction(pool, unknown);
  const [next] = await planNextAttempts(db, [{ interactionId: id, dueAt: LATER }]);
  const found = {
    status: "succeeded",
    statusDetails: null,
    messageId: null,
    failure: null,
  } as const;
  await asKim((tx) => recordFound(tx, id, found));
  return next ?? id;
}

test.each<[string, () => Promise<InteractionId>]>([
  ["a rule", insertByRule],
  ["a caller", insertByCaller],
  ["a settlement by an operator, because an earlier attempt was sent", insertAfterSent],
  [
    "an operator, when its latest time has passed",
    () => insertCanceled({ scheduledAtTo: new Date(Date.now() - 1_000) }),
  ],
])(
  "what was canceled by %s stays canceled, whatever inserts the next attempt",
  async (_, insert) => {
    const id = await insert();
    expect(await undo(id)).toEqual([]);
    await expect(follow(id)).rejects.toMatchObject({
      constraint: "interactions_reinstate_what_an_operator_canceled",
    });
  },
);

describe("together with others", () => {
  test("an undo, retries, cancellations and claims leave one live attempt at most", async () => {
    for (let round = 0; round < 15; round += 1) {
      const id = await insertCanceled();
      await Promise.all([
        undo(id),
        undo(id),
        planNextAttempts(db, [{ interactionId: id, dueAt: LATER }]),
        asKim((tx) => cancelScheduled(tx, [id], { by: { operator: "kim" }, reason: "again" })),
        pool.query(
          "update tidings.interactions set status = 'inProgress', claimed_at = now(), claimed_by = 'w' where id = $1 and status = 'scheduled'",
          [id],
        ),
      ]);
      expect(await liveOf(id)).toBe(1);
    }
  });

  test.each(["undo", "settlement"])(
    "nothing is scheduled after an earlier attempt that is found to have been sent: the %s commits first",
    async (first) => {
      const id = await insertInteraction(pool, {
        status: "attempted",
        statusDetails: "emailOutcomeUnknown",
      });
      const [next = id] = await planNextAttempts(db, [{ interactionId: id, dueAt: LATER }]);
      await runOn(database, cancel, next, "--reason", "mistake");
      const found = {
        status: "succeeded",
        statusDetails: null,
        messageId: null,
        failure: null,
      } as const;
      const work = {
        undo: (tx: Db) => reinstateCanceled(tx, [next], BECAUSE) as Promise<unknown>,
        settlement: (tx: Db) => recordFound(tx, id, found) as Promise<unknown>,
      };
      const done = Promise.withResolvers<void>();
      const mayCommit = Promise.withResolvers<void>();
      const holding = asKim(async (tx) => {
        await (first === "undo" ? work.undo : work.settlement)(tx);
        done.resolve();
        await mayCommit.promise;
      });
      await done.promise;
      const other = asKim(first === "undo" ? work.settlement : work.undo);
      await untilWaitingForLock(pool);
      mayCommit.resolve();
      await Promise.all([holding, other]);
      expect(await liveOf(id)).toBe(0);
    },
  );
});

test("the command takes filters, shows the count first, and acts with --yes", async () => {
  const ids = await insertInteractions(pool, 3, {
    scheduledAtFrom: LATER,
    supercaseBulkOperationId: "OP-U",
  });
  await runOn(database, cancel, "--operation", "OP-U", "--reason", "slip", "--yes");
  const run = (...words: string[]) =>
    runOn(database, reinstate, "--operation", "OP-U", "--reason", "slip of the hand", ...words);
  const shown = await run();
  expect(shown.code).toBe(4);
  expect(shown.output).toMatch(/\nemail +1 +3 +.*\n\nNothing was reinstated\. Repeat/);
  expect(await run("--yes")).toEqual({ code: 0, output: "Scheduled 3 interactions again." });
  expect(await run("--yes")).toMatchObject({ code: 3 });
  const one = await runOn(database, reinstate, ids[0] ?? "", "--reason", "again");
  expect(one).toMatchObject({ code: 4 });
  await expect(runOn(database, reinstate, "999999", "--reason", "r")).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});
