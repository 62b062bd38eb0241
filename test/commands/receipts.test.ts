import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { receipts } from "../../src/commands/receipts/receipts.ts";
import type { InteractionId } from "../../src/domain/ids.ts";
import { applyWaiting } from "../../src/receipts/applier.ts";
import { keepReceipts } from "../../src/store/receipts/receipts.ts";
import { useDatabase } from "../database.ts";
import { depsOn } from "../deps.ts";
import { insertLender, insertType } from "../lender.ts";
import { callback, insertAccepted } from "../receipts.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { pool, db } = database;
const folder = mkdtempSync(join(tmpdir(), "tidings-replay-"));
let partly: InteractionId;

beforeAll(async () => {
  await insertLender(pool);
  await insertType(pool, { id: 1 });
  partly = await insertAccepted(pool, "SM-1");
  await insertAccepted(pool, "SM-2");
  await keepReceipts(db, [callback("SM-1", "partially_delivered"), callback("SM-2", "delivered")]);
  await applyWaiting(depsOn(database));
});
afterAll(() => rmSync(folder, { recursive: true }));

const replay = (...words: readonly string[]) =>
  runOn(database, receipts, "replay", "--from", "2026-01-01", "--to", "2126-01-01", ...words);

async function stateOf(): Promise<object[]> {
  const { rows } = await pool.query<object>(
    `select (select jsonb_agg(i order by i.id) from tidings.interactions i) as interactions,
       (select count(*) from tidings.receipts) as receipts, (select count(*) from tidings.contact_events) as events`,
  );
  return rows;
}

test("the present tables say what is on record", async () => {
  expect(await replay()).toEqual({
    code: 0,
    output: "Read 2 receipts of 2 messages.\nNo difference.",
  });
});

test("a changed table shows the difference, and changes nothing", async () => {
  const file = join(folder, "changed.ts");
  const tables = join(process.cwd(), "src/decide/receipts/tables/twilio-message.ts");
  writeFileSync(
    file,
    `import { TWILIO_MESSAGE } from ${JSON.stringify(tables)};
     export const table = { ...TWILIO_MESSAGE, statuses: TWILIO_MESSAGE.statuses.map((row) =>
       row.rawStatus === "partially_delivered" ? { ...row, progress: { status: "succeeded", statusDetails: "textDelivered" } } : row) };`,
  );
  const before = await stateOf();
  const { code, output } = await replay("--table", file);
  expect(code).not.toBe(0);
  expect(output).toBe(
    [
      "Read 2 receipts of 2 messages.",
      "1 difference:",
      `  interaction ${partly}: attempted textSent -> succeeded textDelivered`,
    ].join("\n"),
  );
  expect(await stateOf()).toEqual(before);
});

test("a file that is no table, and a span without an end, are refused", async () => {
  await expect(replay("--table", join(folder, "none.ts"))).rejects.toMatchObject({
    code: "ARGUMENTS_INVALID",
  });
  await expect(runOn(database, receipts, "replay", "--from", "2026-01-01")).rejects.toMatchObject({
    code: "ARGUMENTS_INVALID",
  });
});
