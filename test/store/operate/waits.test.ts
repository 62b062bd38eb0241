import { beforeAll, expect, test } from "vitest";
import { cancel } from "../../../src/commands/cancel.ts";
import { explain } from "../../../src/commands/explain/explain.ts";
import { pause, resume } from "../../../src/commands/pause.ts";
import type { InteractionId } from "../../../src/domain/ids.ts";
import type { Withheld } from "../../../src/domain/interaction.ts";
import { withholdInteractions } from "../../../src/store/deliver/interactions.ts";
import { runOn } from "../../commands/run.ts";
import { useDatabase } from "../../database.ts";
import { insertInteractions } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";

const database = useDatabase();
const { pool, db } = database;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
});

const MINUTE_MS = 60_000;
const START = new Date("2031-03-03T15:00:00Z");
const minutesLater = (minutes: number): Date => new Date(START.getTime() + minutes * MINUTE_MS);

const plan = (count: number): Promise<InteractionId[]> =>
  insertInteractions(pool, count, { scheduledAtFrom: START });

/** A daemon judges them and holds them back until so many minutes after the start. */
const hold = (
  ids: readonly InteractionId[],
  minutes: number,
  rest: Partial<Withheld> = {},
): Promise<unknown> =>
  withholdInteractions(
    db,
    ids.map((interactionId) => ({
      interactionId,
      status: "scheduled",
      ruleId: "pause.open",
      short: "Paused",
      long: "Paused: wording under review.",
      until: minutesLater(minutes),
      ...rest,
    })),
  );

interface Row {
  readonly id: InteractionId;
  readonly actor: string;
  readonly rule: string | null;
  readonly until: string;
}

async function waitsOf(ids: readonly InteractionId[]): Promise<Row[]> {
  const { rows } = await pool.query<Row>(
    `select row_id as id, actor, changes#>>'{compliance_guard_rule_id,to}' as rule, changes#>>'{scheduled_at_from,to}' as until
     from tidings.record_changes where table_name = 'interactions' and row_id = any($1) order by id, row_id::bigint`,
    [ids],
  );
  return rows;
}

test("notices behind a pause leave one row each, however often they are judged again", async () => {
  const ids = await plan(50);
  for (const minutes of [5, 10, 15]) await hold(ids, minutes);
  const rows = await waitsOf(ids);
  expect(rows).toHaveLength(50);
  expect(rows[0]).toEqual({
    id: ids[0],
    actor: "test",
    rule: "pause.open",
    until: "2031-03-03T15:05:00+00:00",
  });
});

test("another rule or another reason leaves another row", async () => {
  const ids = await plan(1);
  await hold(ids, 5);
  await hold(ids, 10, {
    ruleId: "content.noKey",
    short: "No content key",
    long: "Set CONTENT_KEY.",
  });
  await hold(ids, 15, { ruleId: "content.noKey", short: "No content key", long: "Set the key." });
  expect((await waitsOf(ids)).map(({ rule }) => rule)).toEqual([
    "pause.open",
    "content.noKey",
    null,
  ]);
});

test("a due time that moves without a rule leaves a row", async () => {
  const ids = await plan(1);
  await pool.query("update tidings.interactions set scheduled_at_from = $1 where id = any($2)", [
    minutesLater(60),
    ids,
  ]);
  expect(await waitsOf(ids)).toEqual([
    { id: ids[0], actor: "test", rule: null, until: "2031-03-03T16:00:00+00:00" },
  ]);
});

const explained = async (id: InteractionId): Promise<string> =>
  (await runOn(database, explain, id)).output.replaceAll(/\s+/g, " ");

test("`explain` names the wait, its rule and its end, also after the notice was canceled", async () => {
  await runOn(database, pause, "channel", "email", "--reason", "wording under review");
  const [id] = await plan(1);
  if (id === undefined) throw new Error("nothing was planned");
  await hold([id], 5);
  await runOn(database, resume, "channel", "email", "--by", "lee");
  const { rows } = await pool.query(
    "select compliance_guard_rule_id as rule, failure_description_short as short from tidings.interactions where id = $1",
    [id],
  );
  expect(rows).toEqual([{ rule: null, short: null }]);
  await runOn(database, cancel, id, "--reason", "sent by letter");
  const output = await explained(id);
  expect(output).toMatch(
    new RegExp(
      `Rule pause\\.open put interaction ${id} off on .{20,30}, first until Mon 2031-03-03 10:05 EST: Paused: wording under review\\.`,
    ),
  );
  expect(output).toMatch(
    new RegExp(
      `operator:lee ended the wait of interaction ${id} on .{20,30}, and made it due on .{20,30}\\.`,
    ),
  );
  expect(output).not.toContain("It is due on");
  const timeline = await runOn(database, explain, "--timeline", id);
  expect(timeline.output.replaceAll(/\s+/g, " ")).toMatch(
    /operator:lee ended the wait\. It is due on .{20,30}\./,
  );
  expect(timeline.output).not.toMatch(/Put off to .* by operator:lee/);
  expect(output).not.toContain("What was changed");
  expect(output).not.toContain("Rule pause.open.");
});
