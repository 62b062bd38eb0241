import { expect, test } from "vitest";
import { keepReceipts } from "../../../src/store/receipts/receipts.ts";
import { useDatabase } from "../../database.ts";
import { callback } from "../../receipts.ts";

const { pool, db } = useDatabase();

test("words that are cut inside a sign of two halves are stored", async () => {
  const receipt = {
    ...callback("MID-1", "failed"),
    qualifier: `${"x".repeat(249)}😀`,
    code: `${"5".repeat(99)}😀`,
  };
  await keepReceipts(db, [receipt]);
  const { rows } = await pool.query("select code, qualifier from tidings.receipts");
  expect(rows).toEqual([
    { code: `${"5".repeat(99)}\uFFFD`, qualifier: `${"x".repeat(249)}\uFFFD` },
  ]);
});
