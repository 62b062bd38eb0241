import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { createSeal } from "../../../src/seal.ts";
import { useDatabase } from "../../database.ts";
import { insertLogged } from "../../interactions.ts";
import { useServer } from "../served.ts";
import { insertHouse } from "./scene.ts";

const database = useDatabase();
const { pool } = database;
const seal = createSeal([randomBytes(32).toString("base64")]);
const { ask, keyWith } = useServer(database, { seal });
beforeAll(() => insertHouse(pool));

const SEAL = { keyId: "0123456789ab", iv: "x", tag: "x", data: "x", commitment: "x" };

describe("one interaction that cannot be read does not keep a page from being served", () => {
  const cases: readonly (readonly [string, object, string | null])[] = [
    ["a seal of an unknown key", { sealed: SEAL }, "CONTENT_KEY_UNKNOWN"],
    ["a broken seal", { sealed: { ...SEAL, keyId: seal?.keyId } }, "SEAL_BROKEN"],
    ["a seal without its parts", { sealed: { keyId: seal?.keyId } }, "SEAL_BROKEN"],
    ["a seal that is null", { sealed: null }, "SEAL_BROKEN"],
    ["a seal that is a text", { sealed: "x" }, "SEAL_BROKEN"],
    ["nothing unusual", { transcript: "x" }, null],
  ];

  test.each(cases)("%s", async (name, content, fault) => {
    await insertLogged(pool, { personId: "BO-1", content, caseId: name });
    await insertLogged(pool, {
      personId: "BO-1",
      content: { transcript: "beside it" },
      caseId: name,
    });
    const { status, body } = await ask("GET", `/interactions?caseId=${encodeURIComponent(name)}`);
    expect(status).toBe(200);
    expect(body.data.map((one) => one["contentFault"])).toEqual([null, fault]);
    // without the scope nothing is opened
    const key = await keyWith("interaction:read");
    const list = await ask("GET", `/people/BO-1/interactions?caseId=${encodeURIComponent(name)}`, {
      key,
    });
    expect([list.status, list.body.count]).toEqual([200, 2]);
  });
});

test.each([
  ["startedAt", "infinity"],
  ["endedAt", "290000-01-01"],
  ["scheduledAtFrom", "4000-01-01 BC"],
  ["statusUpdatedAt", "-infinity"],
])("a date that cannot be shown is refused: %s %s", async (column, date) => {
  await expect(insertLogged(pool, { [column]: date })).rejects.toMatchObject({
    constraint: "interactions_dates_are_of_the_years_1_to_9999",
  });
});
