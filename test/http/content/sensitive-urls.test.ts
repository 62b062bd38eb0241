import { createHmac, randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { createSeal, deriveKeys } from "../../../src/seal.ts";
import { getOrCreateSecret } from "../../../src/store/api/secrets.ts";
import { useDatabase } from "../../database.ts";
import { insertHouse } from "../interactions/scene.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const { pool, db } = database;
const contentKey = randomBytes(32).toString("base64");
const signingKeys = deriveKeys([contentKey], "signedPaths");
const served = useServer(database, { seal: createSeal([contentKey]), signingKeys });
const withoutKey = useServer(database, { seal: undefined });
const { ask, keyWith } = served;
beforeAll(() => insertHouse(pool));

const SECRET = { transcript: "the account number" };
const PEOPLE = "/people/BO-1/interactions";
const URL_ID = "0b9f3c1e-6f0f-4f0a-9a53-0c1d3b0e8f11";

async function log(server = served, fields: object = { sensitive: true }): Promise<string> {
  const body = { channel: "voice", status: "succeeded", content: SECRET, ...fields };
  const answer = await server.ask("POST", PEOPLE, { body });
  return String(answer.body.data["id"]);
}

/** A URL signed with the key, without a request on record. */
function forge(key: Buffer, id: string, urlId = URL_ID): string {
  const [path, expires] = [`/recorded-content/${id}`, "4000000000"];
  const signature = createHmac("sha256", key)
    .update(`${path}\n${expires}\n${urlId}`)
    .digest("base64url");
  return `${path}?expires=${expires}&urlId=${urlId}&signature=${signature}`;
}

const reveals = async (id: string): Promise<readonly Record<string, unknown>[]> => {
  const { rows } = await pool.query<Record<string, unknown>>(
    "select revealed_by, way, url_id from tidings.content_reveals where interaction_id = $1 order by id",
    [id],
  );
  return rows;
};

/** Without those of the interaction itself, which its author saw. */
const urlReveals = async (id: string): Promise<readonly Record<string, unknown>[]> =>
  (await reveals(id)).filter((row) => row["url_id"] !== null);

describe("a URL of sensitive content", () => {
  test("records who asked for it, and each use in the name of that caller", async () => {
    const id = await log();
    const key = await keyWith("interaction:read", "interaction:read.sensitive");
    const { body } = await ask("GET", `/interactions/${id}/content?returnUrl=true`, { key });
    const url = String(body.data["url"]);
    for (let use = 1; use <= 2; use += 1)
      expect((await ask("GET", url, { key: null })).text).toBe("the account number");
    const by = expect.stringMatching(/^key:test-\d+$/) as string;
    const urlId = new URL(url, served.origin).searchParams.get("urlId");
    expect(await urlReveals(id)).toEqual([
      { revealed_by: by, way: "rest", url_id: urlId },
      { revealed_by: by, way: "signedUrl", url_id: urlId },
      { revealed_by: by, way: "signedUrl", url_id: urlId },
    ]);
  });

  test("cannot be signed with a secret of the database", async () => {
    const id = await log();
    const secret = await getOrCreateSecret(db, "signedPaths");
    const { status, text } = await ask("GET", forge(secret, id), { key: null });
    expect([status, text]).toEqual([403, expect.not.stringContaining("account")]);
    expect(await urlReveals(id)).toEqual([]);
  });

  test("is refused with a valid signature if no request for it is on record", async () => {
    const [key = Buffer.alloc(0)] = signingKeys;
    const id = await log();
    expect((await ask("GET", forge(key, id), { key: null })).status).toBe(403);
    // asked for while the content was not sensitive
    const open = await log(served, {});
    const { headers } = await ask("GET", `/interactions/${open}/content`);
    const url = headers.get("location") ?? "";
    expect((await ask("GET", url, { key: null })).status).toBe(200);
    await ask("PUT", `${PEOPLE}/${open}`, { body: { sensitive: true } });
    expect((await ask("GET", url, { key: null })).status).toBe(403);
    // asked for another interaction
    const other = await log();
    const { headers: of } = await ask("GET", `/interactions/${other}/content`);
    const urlId = new URL(of.get("location") ?? "", served.origin).searchParams.get("urlId") ?? "";
    expect((await ask("GET", forge(key, id, urlId), { key: null })).status).toBe(403);
  });

  test("does not exist without a content key", async () => {
    const id = await log(withoutKey);
    const refused = await withoutKey.ask("GET", `/interactions/${id}/content?returnUrl=true`);
    expect([refused.status, refused.body.message]).toEqual([
      403,
      "Sensitive content is served by URL only where CONTENT_KEY is set. Read `content` of the interaction.",
    ]);
    const { body } = await withoutKey.ask("GET", `/interactions/${id}`);
    expect(body.data["content"]).toEqual(SECRET);
    const forged = await withoutKey.ask("GET", forge(Buffer.alloc(32, 7), id), { key: null });
    expect([forged.status, forged.text]).toEqual([403, expect.not.stringContaining("account")]);
  });

  test("still works without a content key for content that is not sensitive", async () => {
    const id = await log(withoutKey, {});
    const { headers } = await withoutKey.ask("GET", `/interactions/${id}/content`);
    const { text } = await withoutKey.ask("GET", headers.get("location") ?? "", { key: null });
    expect(text).toBe("the account number");
  });
});

describe("sealed content", () => {
  test("that was swapped between two interactions is not shown, and the fault is named", async () => {
    const [one, other] = [await log(), await log(served, { sensitive: true, subject: "freeForm" })];
    await pool.query(
      `update tidings.interactions i set content = o.content from tidings.interactions o
       where (i.id = $1 and o.id = $2) or (i.id = $2 and o.id = $1)`,
      [one, other],
    );
    const before = await reveals(one);
    const { status, text, body } = await ask("GET", `/interactions/${one}`);
    expect([status, text]).toEqual([200, expect.not.stringContaining("account")]);
    expect(body.data).toMatchObject({ content: null, contentFault: "SEAL_BROKEN" });
    const unreadable = served.emitted.filter((line) => line.includes("http.contentNotOpened"));
    expect(JSON.parse(unreadable.at(-1) ?? "")).toMatchObject({
      code: "SEAL_BROKEN",
      interactionId: one,
    });
    expect(await reveals(one), "nothing was shown").toEqual(before);
  });

  test("needs the scope even where SQL has removed the mark", async () => {
    const id = await log();
    await pool.query("update tidings.interactions set sensitive = false where id = $1", [id]);
    const key = await keyWith("interaction:read");
    const { body } = await ask("GET", `/interactions/${id}`, { key });
    expect(body.data["content"]).toBeNull();
    expect((await ask("GET", `/interactions/${id}/content`, { key })).status).toBe(403);
    await ask("GET", `/interactions/${id}`);
    expect(await reveals(id)).toHaveLength(2);
  });
});
