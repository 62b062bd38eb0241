import { expect, test } from "vitest";
import { rolesSql } from "../../src/store/rights/roles.ts";
import { useDatabase } from "../database.ts";
import { blocksOf } from "../page-blocks.ts";
import { useRole } from "../roles.ts";

const database = useDatabase();
const core = useRole(database, "core");

test("the SQL of README runs as printed on a new database, as the core system", async () => {
  await database.pool.query(rolesSql({ core: core.name }));
  const blocks = blocksOf("README.md", "sql");
  expect(blocks).not.toEqual([]);
  for (const { text } of blocks) await core.run((client) => client.query(text));
  const { rows } = await database.pool.query("select id, status from tidings.cases");
  expect(rows).toEqual([{ id: "CS-9", status: "completed" }]);
});
