import { beforeAll, describe, expect, test } from "vitest";
import type { InteractionFilter } from "../../../src/store/api/interaction-filter.ts";
import {
  listInteractions,
  pageQuery,
  type PageRequest,
  type SortBy,
} from "../../../src/store/api/interaction-pages.ts";
import { spansOf } from "../../../src/store/api/list-spans.ts";
import { findInteractions } from "../../../src/store/operate/find-interactions.ts";
import { rewriteRecord, useDatabase } from "../../database.ts";
import { insertInteractions, insertLogged } from "../../interactions.ts";

const { pool, db } = useDatabase();

/** Ages in seconds, up to several months. Several notices have the same time, and others have none. */
const AGES = [0, 1, 1, 30, 59, 61, 3_000, 4_000, 90_000, 90_000, 300_000, 2_000_000, 20_000_000];

beforeAll(async () => {
  await pool.query(`
    insert into tidings.case_types (id) values ('bankruptcy');
    insert into tidings.borrowers (id) values ('BO-1');
    insert into tidings.templates (id, version, channel, subject, subject_template, text_template) values (1, 1, 'email', 'disputes', 'A', 'B')`);
  await insertInteractions(pool, 60, (n) => ({
    status: n % 7 === 0 ? "failed" : "succeeded",
    subject: "disputes",
  }));
  await insertLogged(pool, { subject: "calls", personId: "BO-1" });
  // some times are in the future, and each column has another order
  await rewriteRecord(
    pool,
    `with ages as (select array[${AGES.join(", ")}] as s)
     update tidings.interactions i set
       created_at = now() - (70 - i.id) * interval '4 days',
       started_at = case when i.id % 5 = 0 then null else now() - s[1 + (i.id * 7) % ${AGES.length}] * interval '1 s' end,
       scheduled_at_from = case when i.id % 11 = 0 then null else now() + s[1 + (i.id * 5) % ${AGES.length}] * interval '1 s' - interval '3 days' end,
       status_updated_at = now() - s[1 + (i.id * 3) % ${AGES.length}] * interval '2 s'
     from ages`,
  );
});

/** All pages of a list, one after the other, without the spans. */
async function listAtOnce(page: PageRequest): Promise<string[]> {
  const { rows } = await pageQuery({}, page).execute(db);
  return rows.map(({ id }) => String(id));
}

async function listByPages(sortBy: SortBy, order: "asc" | "desc"): Promise<string[]> {
  const ids: string[] = [];
  let cursor: PageRequest["cursor"];
  for (;;) {
    const page = await listInteractions(db, {}, { sortBy, order, limit: 7, cursor });
    const last = page?.rows.at(-1)?.id;
    ids.push(...(page?.rows ?? []).map(({ id }) => String(id)));
    if (page?.more !== true || last === undefined) return ids;
    cursor = { id: last, side: "after" };
  }
}

describe.each(["createdAt", "startedAt", "scheduledAtFrom", "statusUpdatedAt"] as const)(
  "a list in the order of %s",
  (sortBy) => {
    test.each(["asc", "desc"] as const)("%s has each row once, in its place", async (order) => {
      const all = await listAtOnce({ sortBy, order, limit: 100 });
      expect(all).toHaveLength(61);
      expect(await listByPages(sortBy, order)).toEqual(all);
    });

    test("continues backwards", async () => {
      const all = await listAtOnce({ sortBy, order: "desc", limit: 100 });
      const id = all[40] as never;
      const page = await listInteractions(
        db,
        {},
        { sortBy, order: "desc", limit: 7, cursor: { id, side: "before" } },
      );
      expect(page?.rows.map((row) => String(row.id))).toEqual(all.slice(33, 40));
    });
  },
);

test("a search that ends at a time has the newest before it", async () => {
  const createdBefore = new Date(Date.now() - 98 * 86_400_000);
  const found = await findInteractions(db, { createdBefore }, 5);
  expect(found.map(({ id }) => Number(id))).toEqual([45, 44, 43, 42, 41]);
  const all = await findInteractions(db, { createdBefore }, 100);
  expect(all).toHaveLength(45);
  const page = await listInteractions(
    db,
    { createdBefore },
    { sortBy: "createdAt", order: "desc", limit: 5 },
  );
  expect(page?.rows.map((row) => Number(row.id))).toEqual([45, 44, 43, 42, 41]);
});

test.each([
  [["calls"], 1],
  [["disputes", "calls"], 61],
  [["none"], 0],
])("the subjects %j are found, in notices and in logged interactions", async (subject, count) => {
  expect(await findInteractions(db, { subject }, 100)).toHaveLength(count);
});

describe("a list that would read the whole table uses an index", () => {
  const NEWEST: PageRequest = { sortBy: "createdAt", order: "desc", limit: 20 };

  async function planOf(filter: InteractionFilter, page: PageRequest): Promise<string> {
    const [span] = await spansOf(db, filter, {
      sortBy: page.sortBy,
      isAscending: false,
      cursorId: undefined,
    });
    const { sql, parameters } = pageQuery(filter, page, span).compile(db);
    const client = await pool.connect();
    await client.query("set enable_seqscan = off");
    const { rows } = await client.query(`explain ${sql}`, [...parameters]);
    client.release(true);
    return JSON.stringify(rows);
  }

  test.each([
    ["failed interactions", { status: ["failed"] }, NEWEST, "interactions_that_ended_unsent"],
    ["canceled interactions", { status: ["canceled"] }, NEWEST, "interactions_that_ended_unsent"],
    [
      "a subject of logged interactions",
      { subject: ["none"], onlyLogged: true },
      NEWEST,
      "interactions_logged_by",
    ],
    ["the last started", {}, { ...NEWEST, sortBy: "startedAt" }, "interactions_by_times"],
    [
      "the newest before a time",
      { createdBefore: new Date("2020-01-01T00:00:00Z") },
      NEWEST,
      "interactions_by_times",
    ],
  ] satisfies [string, InteractionFilter, PageRequest, string][])(
    "%s",
    async (_, filter, page, index) => {
      const plan = await planOf(filter, page);
      expect(plan).toContain(index);
      expect(plan).not.toContain("Seq Scan on interactions");
    },
  );
});
