import { beforeAll, expect, test } from "vitest";
import { explain } from "../../src/commands/explain/explain.ts";
import type { OpenWait } from "../../src/store/operate/waiting.ts";
import { waiting } from "../../src/commands/waiting/waiting.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import { useDatabase } from "../database.ts";
import { insertInteraction, type InteractionFields } from "../interactions.ts";
import { insertLender, insertType } from "../lender.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool } = database;
const inHours = (hours: number): Date => new Date(Date.now() + hours * 3_600_000);

async function insertQueued(fields: InteractionFields): Promise<InteractionId> {
  const id = await insertInteraction(pool, fields);
  await pool.query("select tidings.queue_deliveries(array[$1::bigint])", [id]);
  return id;
}

let planned: InteractionId;
beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  planned = await insertQueued({ caseId: "CS-1", scheduledAtFrom: inHours(5) });
});

test("counts the waits and exits with 0 while none is late", async () => {
  const { code, output } = await runOn(database, waiting);
  expect(code).toBe(0);
  expect(output).toMatch(/dueTime +1 +- +Tidings/);
});

test("shows the reason, the owner, the term and the next step of the wait of an interaction", async () => {
  const { output } = await runOn(database, explain, planned);
  expect(output.replaceAll(/\s+/g, " ")).toMatch(
    /It has waited since .* for its due time\. Tidings must act by .*; then it is judged again, and sent if that is allowed\./,
  );
});

test("lists the waits that a filter selects, also those that are not late", async () => {
  const { code, output } = await runOn(database, waiting, "--case", "CS-1", "--owner", "tidings");
  expect(code).toBe(0);
  expect(output).toContain(`Interaction ${planned}, email, type 1, case CS-1`);
  const ofPerson = ["--case", "CS-1", "--owner", "person"];
  expect((await runOn(database, waiting, ...ofPerson)).output).toBe("Nothing waits.");
});

test("refuses an unknown word and names a similar one", async () => {
  await expect(runOn(database, waiting, "--reason", "turns")).rejects.toThrow(
    /--reason must be one of .*turn/,
  );
});

test("lists late waits, and exits with 1", async () => {
  const late = await insertQueued({ scheduledAtFrom: inHours(-2) });
  const { code, output } = await runOn(database, waiting, "--late");
  expect(code).toBe(1);
  expect(output).toMatch(/daemon +1 +1 LATE +a person/);
  expect(output).toContain(`Interaction ${late}, email`);
  await pool.query(
    "delete from tidings_queue._private_jobs where payload->'interactionIds'->>0 = $1",
    [late],
  );
});

test("lists waits for nothing first, and exits with 1", async () => {
  const { code, output } = await runOn(database, waiting, "--json");
  expect(code).toBe(1);
  expect(JSON.parse(output)).toMatchObject({
    waiting: [{ reason: "nothing" }, { reason: "dueTime", interactionId: planned }],
  });
  for (const { lateMs } of (JSON.parse(output) as { readonly waiting: readonly OpenWait[] })
    .waiting)
    expect(lateMs).toSatisfy(Number.isInteger);
  const page = await runOn(database, waiting, "--reason", "nothing");
  expect(page.output).toMatch(/It has waited since .* for NOTHING:/);
});

test("lists a wait for nothing before it is late, too, since its last move", async () => {
  await pool.query(
    "delete from tidings_queue._private_jobs where payload->'interactionIds'->>0 = $1",
    [planned],
  );
  const { code, output } = await runOn(database, waiting);
  expect(code).toBe(1);
  expect(output).toContain(`Interaction ${planned}, email`);
  const { rows } = await pool.query(
    "select from tidings.waiting where interaction_id = $1 and since <= now()",
    [planned],
  );
  expect(rows).toHaveLength(1);
});
