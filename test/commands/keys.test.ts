import { describe, expect, test } from "vitest";
import { keys } from "../../src/commands/keys.ts";
import { SCOPES } from "../../src/domain/vocabulary.ts";
import { createKeyReader } from "../../src/http/auth/api-key.ts";
import { useDatabase } from "../database.ts";
import { runOn } from "./run.ts";

const database = useDatabase();
const { db, pool } = database;
const run = (...words: readonly string[]) => runOn(database, keys, ...words);

describe("tidings keys", () => {
  test("reports that there is none", async () => {
    expect(await run("list")).toEqual({
      code: 0,
      output: "There is no key. `tidings keys create` creates one.",
    });
  });

  test("create shows a key once, which names its caller and scopes", async () => {
    const { code, output } = await run(
      "create",
      "core-system",
      "--scopes",
      "interaction:write, notificationType:read",
    );
    const [key = "", words] = output.split("\n");
    expect(code).toBe(0);
    expect(key).toMatch(/^tdg_[a-z2-7]{8}_[\w-]{43}$/);
    expect(words).toBe(
      "The key is shown only now. Send it as X-API-KEY. Its scopes: notificationType:read, interaction:write.",
    );
    expect(await createKeyReader(db)(key)).toEqual({
      id: "key:1",
      name: "core-system",
      actor: "key:core-system",
      keyPrefix: key.slice(0, 12),
      scopes: new Set(["notificationType:read", "interaction:write"]),
    });
    const listed = await run("list");
    expect(listed.output).toMatch(
      /^core-system +tdg_[a-z2-7]{8}… +.* by operator:kim +.*\d\d:00 .* +in use/m,
    );
    expect(listed.output).not.toContain(key);
    const json = await run("list", "--json");
    expect(JSON.parse(json.output)).toMatchObject([
      { name: "core-system", createdBy: "operator:kim", isExpired: false, revokedAt: null },
    ]);
    expect(json.output).not.toContain(key);
    expect(json.output).not.toContain("hash");
  });

  test("a name in use is refused", async () => {
    const again = await run("create", "core-system", "--scopes", "all");
    expect(again).toEqual({
      code: 4,
      output: "A key named core-system is in use. Revoke it, or choose another name.",
    });
  });

  test("revoke ends it, on record, and frees its name", async () => {
    expect(await run("revoke", "core-system", "--by", "sam")).toEqual({
      code: 0,
      output: "Revoked core-system.",
    });
    expect(await run("revoke", "core-system")).toEqual({
      code: 3,
      output: "No key named core-system is in use; nothing was changed.",
    });
    const { rows } = await pool.query("select revoked_by from tidings.api_keys");
    expect(rows).toEqual([{ revoked_by: "operator:sam" }]);
    expect((await run("create", "core-system", "--scopes", "all")).code).toBe(0);
    expect((await run("list")).output).toMatch(/revoked .* by operator:sam/);
  });

  test("the scopes of the database are those of the program", async () => {
    const { rows } = await pool.query<{ definition: string }>(
      "select pg_get_constraintdef(oid) as definition from pg_constraint where conname = 'api_keys_scopes_are_known'",
    );
    const list = /ARRAY\[(.*?)\]/.exec(rows[0]?.definition ?? "")?.[1] ?? "";
    const words = [...list.matchAll(/'([\w:.]+)'::text/g)];
    expect(words.map((found) => found[1])).toEqual([...SCOPES]);
  });

  test.each([
    [[], "give create NAME, list or revoke NAME"],
    [["list", "x"], "give create NAME, list or revoke NAME"],
    [["create"], "NAME must be"],
    [["create", "a b", "--scopes", "all"], "NAME must be"],
    [["create", "7", "--scopes", "all"], "NAME must be"],
    [["create", "x", "--scopes", "all", "--days", "0"], "--days must be"],
    [["create", "x", "--scopes", "all", "--days", "1e3"], "--days must be"],
    [["create", "x"], "--scopes must be all, or some of"],
    [["create", "x", "--scopes", "interaction:delete"], "--scopes must be all, or some of"],
  ])("%j is refused with what to say", async (words, message) => {
    await expect(run(...words)).rejects.toThrow(
      words.length === 0 ? "create|list|revoke" : message,
    );
  });
});
