import { beforeEach, describe, expect, test } from "vitest";
import type { Flaw } from "../../src/record/flaws.ts";
import { verifyRecord } from "../../src/record/verify-record.ts";
import { rewriteRecord, useDatabase } from "../database.ts";
import { insertLogged } from "../interactions.ts";
import { insertChanges, insertLender } from "../lender.ts";
import { growTree } from "../tree.ts";

const database = useDatabase();
const { pool, db } = database;

let interaction: string;
let change: string;
let row = 0;

/** A logged interaction with words and a case change with fields, both leaves of the tree. */
beforeEach(async () => {
  if (row === 0) await insertLender(pool);
  row += 1;
  interaction = await insertLogged(pool, {
    personId: "BO-1",
    subject: "Call",
    content: { body: "no promise" },
  });
  const changes = await insertChanges(pool, [
    { caseId: `CS-${row}`, status: "initiated", fields: { chapter: 7 } },
  ]);
  change = String(changes[0]);
  await growTree(database);
});

async function flaws(): Promise<Flaw[]> {
  await growTree(database);
  const found: Flaw[] = [];
  await verifyRecord(
    db,
    { from: 0, logged: [], publicKey: undefined },
    { onFlaw: (flaw) => void found.push(flaw), onProgress: () => {} },
  );
  return found;
}

/** Changes a row with the triggers off, and inserts an erasure with the hashes of its leaf before and after. */
const forgeErasure = (source: string, column: string, id: string, statement: string) =>
  rewriteRecord(
    pool,
    `do $$ declare was text; now_is text; begin
       was := (select tidings.leaf_sha256(leaf) from tidings.record_leaves where source = '${source}' and id = ${id});
       ${statement};
       now_is := (select tidings.leaf_sha256(leaf) from tidings.record_leaves where source = '${source}' and id = ${id});
       insert into tidings.erasures (${column}, cause, reason, leaves) values (${id}, 'request', 'Asked', jsonb_build_array(
         jsonb_build_object('source', '${source}', 'id', '${id}', 'was', was, 'is', now_is)));
     end $$`,
  );

/** Takes back what a test has forged. Otherwise the next one would find it too. */
const forget = async (table: "erasures" | "deletions"): Promise<void> => {
  await rewriteRecord(pool, `delete from tidings.${table}`);
  await rewriteRecord(pool, "truncate tidings.tree_leaves, tidings.tree_heads");
  await rewriteRecord(pool, "update tidings.tree_state set size = 0, frontier = '', swept = '{}'");
};

describe("an erasure that was inserted by hand", () => {
  test.each([
    [
      "words",
      () =>
        forgeErasure(
          "loggedInteractions",
          "interaction_id",
          interaction,
          `update tidings.interactions set content = '{"body": "promised"}' where id = ${interaction}`,
        ),
    ],
    [
      "fields",
      () =>
        forgeErasure(
          "caseChanges",
          "case_change_id",
          change,
          `update tidings.case_changes set fields = '{"chapter": 13}' where id = ${change}`,
        ),
    ],
  ] as const)("does not hide that %s were changed", async (_what, forge) => {
    expect(await flaws()).toEqual([]);
    await forge();
    expect(await flaws()).toEqual([
      expect.objectContaining({ kind: "erasureWrong", source: "erasures" }),
    ]);
    await forget("erasures");
  });

  test("is found if its row has its content, or is not on record", async () => {
    await rewriteRecord(
      pool,
      `insert into tidings.erasures (interaction_id, cause, reason, leaves)
       values (${interaction}, 'request', 'Asked', '[]'), (999, 'request', 'Asked', '[]')`,
    );
    expect((await flaws()).map(({ long }) => long)).toEqual([
      `It says that the content was erased, and there is content: interaction ${interaction}.`,
      "The row is not on record: interaction 999.",
    ]);
    await forget("erasures");
  });

  test("is no flaw if the lender logs words again after an erasure", async () => {
    await pool.query(
      `select tidings.erase_interactions(array[${interaction}]::bigint[], 'request', 'Asked')`,
    );
    await pool.query(
      `update tidings.interactions set content = '{"body": "again"}' where id = ${interaction}`,
    );
    expect(await flaws()).toEqual([]);
  });
});

describe("a deletion that was inserted by hand", () => {
  test.each([
    ["of a row alone", "'{}'", `{"judgements": [1]}`, "It names rows of a record"],
    ["of a part", "array[$interaction]", `{"transitions": [1]}`, "Rows that it deleted are still"],
    ["while the metadata was kept without end", "'{999}'", `{"transitions": [1]}`, "No years were"],
  ])("is found: %s", async (_what, ids, leaves, words) => {
    await rewriteRecord(
      pool,
      `insert into tidings.deletions (interaction_ids, reason, leaves)
       values (${ids.replace("$interaction", interaction)}, 'Old', '${leaves}')`,
    );
    expect(await flaws()).toEqual([
      expect.objectContaining({ kind: "deletionWrong", long: expect.stringContaining(words) }),
    ]);
    await forget("deletions");
  });
});
