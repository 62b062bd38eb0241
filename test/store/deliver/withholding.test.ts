import { beforeAll, expect, test } from "vitest";
import type { CaseChangeId, ContactId, InteractionId, WorkerId } from "../../../src/domain/ids.ts";
import type { Claim, Withheld } from "../../../src/domain/interaction.ts";
import {
  claimInteractions,
  withholdInteractions,
} from "../../../src/store/deliver/interactions.ts";
import { rolesSql } from "../../../src/store/rights/roles.ts";
import { useDatabase } from "../../database.ts";
import { insertInteraction, insertInteractions } from "../../interactions.ts";
import { insertLender } from "../../lender.ts";
import { useRole } from "../../roles.ts";

const database = useDatabase();
const { pool, db } = database;
const operator = useRole(database, "operator");

beforeAll(async () => {
  await insertLender(pool);
  await pool.query(rolesSql({ operator: operator.name }));
});

const because = { short: "Held", long: "A person decides." } as const;
const held = (interactionId: InteractionId): Withheld => ({
  ...because,
  interactionId,
  status: "scheduled",
  ruleId: "facts.invalid",
  until: null,
  heldBy: ["facts.invalid"],
});

const NONE = "0" as InteractionId;

const claimOf = (interactionId: InteractionId): Claim => ({
  interactionId,
  contactId: "CT-EMAIL" as ContactId,
  contact: {},
  passedOver: null,
  borrower: {},
  content: {},
  newestCaseChangeId: "1" as CaseChangeId,
  segments: null,
  provider: "smtp",
});

async function stateOf(id: InteractionId): Promise<object | undefined> {
  const { rows } = await pool.query<object>(
    `select i.status, i.scheduled_at_from as due, (select count(*)::int from tidings.holds h where h.interaction_id = i.id and h.decided_at is null) as open
     from tidings.interactions i where i.id = $1`,
    [id],
  );
  return rows[0];
}

test.each<[string, (id: InteractionId) => Withheld]>([
  ["holds it too", held],
  [
    "finds that it waits",
    (interactionId) => ({
      ...because,
      interactionId,
      status: "scheduled",
      ruleId: "time.window",
      until: new Date("2031-03-03T13:00:00Z"),
    }),
  ],
  [
    "finds that it is too late",
    (interactionId) => ({
      ...because,
      interactionId,
      status: "canceled",
      ruleId: "schedule.expired",
      until: null,
    }),
  ],
])(
  "a notice that one daemon holds stays held if another daemon %s meanwhile",
  async (_what, second) => {
    const [id = NONE, other = NONE] = await insertInteractions(pool, 2);
    const first = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    const holding = db.transaction().execute(async (tx) => {
      await withholdInteractions(tx, [held(id)]);
      begun.resolve();
      await first.promise;
    });
    await begun.promise;
    expect(await withholdInteractions(db, [second(id), held(other)])).toEqual(new Set([other]));
    first.resolve();
    await holding;
    expect(await withholdInteractions(db, [second(id)])).toEqual(new Set());
    expect(await stateOf(id)).toEqual({ status: "scheduled", due: null, open: 1 });
    expect(await stateOf(other)).toEqual({ status: "scheduled", due: null, open: 1 });
  },
);

test("a held notice to which an operator gave a due time by SQL is held again, with the others of its batch", async () => {
  const id = await insertInteraction(pool);
  await withholdInteractions(db, [held(id)]);
  await operator.run((client) =>
    client.query("update tidings.interactions set scheduled_at_from = now() where id = $1", [id]),
  );
  const other = await insertInteraction(pool);
  expect(await withholdInteractions(db, [held(id), held(other)])).toEqual(new Set([id, other]));
  expect(await stateOf(id)).toEqual({ status: "scheduled", due: null, open: 1 });
});

test("an operator who keeps a notice locked stops neither claiming nor holding the others", async () => {
  const [locked = NONE, sent = NONE, stopped = NONE] = await insertInteractions(pool, 3);
  await operator.run(async (client) => {
    await client.query("begin");
    await client.query("select from tidings.interactions where id = $1 for update", [locked]);
    const worker = "w-1" as WorkerId;
    const now = new Date();
    expect(await claimInteractions(db, worker, [claimOf(locked), claimOf(sent)], now)).toEqual(
      new Set([sent]),
    );
    expect(await withholdInteractions(db, [held(locked), held(stopped)])).toEqual(
      new Set([stopped]),
    );
  });
});

test("a decision about a hold cannot leave its notice held", async () => {
  const id = await insertInteraction(pool);
  await withholdInteractions(db, [held(id)]);
  const decide = `update tidings.holds set decision = 'released', reason = 'x' where interaction_id = ${id} and decided_at is null`;
  await operator.run(async (client) => {
    await expect(client.query(decide)).rejects.toMatchObject({
      constraint: "holds_decisions_move_the_notice",
    });
    await client.query(
      `update tidings.interactions set scheduled_at_from = now() where id = ${id}; ${decide}`,
    );
  });
});
