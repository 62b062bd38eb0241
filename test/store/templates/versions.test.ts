import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertLender, insertType } from "../../lender.ts";

const { pool } = useDatabase();
beforeAll(() => insertLender(pool));

let id = 100;
beforeEach(() => {
  id += 1;
});

const set = (version: number, change: string): Promise<unknown> =>
  pool.query(`update tidings.notification_types set ${change} where id = $1 and version = $2`, [
    id,
    version,
  ]);

async function statuses(): Promise<string[]> {
  const { rows } = await pool.query<{ status: string }>(
    "select status from tidings.notification_types where id = $1 order by version",
    [id],
  );
  return rows.map((row) => row.status);
}

describe("a version of a notification type", () => {
  test("is edited in place while it is a draft", async () => {
    await insertType(pool, { id, status: "draft" });
    await set(1, "on_status = 'canceled', delay = 3, unit = 'calendarDays'");
    await set(1, "status = 'active'");
    expect(await statuses()).toEqual(["active"]);
  });

  test("is deprecated in the statement that activates the next one, and both are dated", async () => {
    await insertType(pool, { id });
    await insertType(pool, { id, version: 2, status: "draft" });
    await set(2, "status = 'active'");
    const { rows } = await pool.query(
      "select status, published_at is not null as published, deprecated_at is not null as deprecated from tidings.notification_types where id = $1 order by version",
      [id],
    );
    expect(rows).toEqual([
      { status: "deprecated", published: true, deprecated: true },
      { status: "active", published: true, deprecated: false },
    ]);
  });

  test.each([
    ["notification_types_active_versions_do_not_change", "name = 'other'"],
    ["notification_types_active_versions_do_not_change", "status = 'draft'"],
    ["notification_types_versions_keep_their_number", "version = 7"],
  ])("once active: %s on %s", async (constraint, change) => {
    await insertType(pool, { id });
    await expect(set(1, change)).rejects.toMatchObject({ constraint });
  });

  test("once deprecated is final", async () => {
    await insertType(pool, { id });
    await set(1, "status = 'deprecated'");
    await expect(set(1, "status = 'active'")).rejects.toMatchObject({
      constraint: "notification_types_deprecated_is_final",
    });
  });

  test("gets the next number when none is given", async () => {
    await insertType(pool, { id, version: 4 });
    await pool.query(
      "insert into tidings.notification_types (id, on_status) values ($1, 'initiated')",
      [id],
    );
    const { rows } = await pool.query(
      "select max(version) as version from tidings.notification_types where id = $1",
      [id],
    );
    expect(rows).toEqual([{ version: 5 }]);
  });
});

test("of twenty writers that activate at once all succeed in turn, and one version stays active", async () => {
  const versions = Array.from({ length: 20 }, (_, n) => n + 1);
  for (const version of versions) await insertType(pool, { id, version, status: "draft" });
  const outcomes = await Promise.allSettled(
    versions.map((version) => set(version, "status = 'active'")),
  );
  expect(outcomes.map((outcome) => outcome.status)).not.toContain("rejected");
  expect((await statuses()).toSorted()).toEqual([
    "active",
    ...Array<string>(19).fill("deprecated"),
  ]);
});

test.each([
  ["templates", "channel", "'email'"],
  ["notification_types", "on_status", "'initiated'"],
])(
  "an insert into %s without an id gets none that a writer has chosen",
  async (table, column, value) => {
    const insert = (chosen: string): Promise<{ rows: { id: number; version: number }[] }> =>
      pool.query(
        `insert into tidings.${table} (${chosen === "" ? "" : "id, "}name, ${column}) values (${chosen === "" ? "" : `${chosen}, `}'N', ${value}) returning id, version`,
      );
    const { rows: given } = await insert("");
    const next = (given[0]?.id ?? 0) + 1;
    for (const chosen of [next, next + 1]) await insert(String(chosen));

    expect((await insert("")).rows).toEqual([{ id: next + 2, version: 1 }]);
    // the next version of one of them
    expect((await insert(String(next))).rows).toEqual([{ id: next, version: 2 }]);
  },
);
