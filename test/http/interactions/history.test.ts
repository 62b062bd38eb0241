import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import type { SealedContent } from "../../../src/domain/sealed-content.ts";
import { createSeal } from "../../../src/seal.ts";
import { useDatabase } from "../../database.ts";
import { useServer } from "../served.ts";
import { insertHouse, insertSent } from "./scene.ts";
import { interaction } from "../../ids.ts";

const database = useDatabase();
const { pool } = database;
const seal = createSeal([randomBytes(32).toString("base64")]);
const { ask, keyWith } = useServer(database, { seal });
beforeAll(() => insertHouse(pool));

async function log(fields: object): Promise<string> {
  const body = { channel: "voice", status: "succeeded", ...fields };
  const answer = await ask("POST", "/people/BO-1/interactions", { body });
  return String(answer.body.data["id"]);
}

async function put(id: string, body: object, key?: string): Promise<void> {
  const path = `/people/BO-1/interactions/${id}`;
  const answer = await ask("PUT", path, { body, ...(key !== undefined && { key }) });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
}

interface HistoryRow {
  readonly actor: string;
  readonly changes: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}
async function historyOf(id: string): Promise<HistoryRow[]> {
  const { rows } = await pool.query<HistoryRow>(
    "select actor, changes from tidings.record_changes where table_name = 'interactions' and row_id = $1 order by id",
    [id],
  );
  return rows;
}

const HASH = expect.stringMatching(/^[0-9a-f]{64}$/) as string;

describe("a change of a logged interaction", () => {
  test("records who changed which fields from what, and keeps the old content", async () => {
    const id = await log({ content: { transcript: "revoked consent" }, startedAt: "2031-03-04" });
    const other = await keyWith("interaction:write");
    await put(id, { content: { transcript: "was happy" }, startedAt: "2020-01-01" }, other);
    const [change, ...rest] = await historyOf(id);
    expect(rest).toEqual([]);
    expect(change?.actor).toMatch(/^key:test-\d+$/);
    expect(change?.actor).not.toBe("key:test-1");
    expect(change?.changes).toEqual({
      content: {
        from: { transcript: "revoked consent" },
        channel: "voice",
        fromSha256: HASH,
        toSha256: HASH,
      },
      started_at: { from: "2031-03-04T00:00:00+00:00", to: "2020-01-01T00:00:00+00:00" },
    });
  });

  test("has no history row where nothing changes", async () => {
    const id = await log({ subject: "freeForm" });
    await put(id, {});
    await put(id, { subject: "freeForm" });
    expect(await historyOf(id)).toEqual([]);
  });

  test("keeps sensitive content sealed in the history", async () => {
    const id = await log({ sensitive: true, content: { transcript: "first secret" } });
    await put(id, { content: { transcript: "second secret" } });
    const [change] = await historyOf(id);
    const before = change?.changes["content"]?.["from"] as SealedContent;
    const owner = { interactionId: interaction(id), channel: "voice" } as const;
    expect(seal?.unseal(before, owner)).toEqual({ transcript: "first secret" });
    expect(JSON.stringify(change)).not.toContain("secret");
  });

  test("seals the old content where the new content is sensitive", async () => {
    const id = await log({ content: { transcript: "the account number" } });
    await put(id, { sensitive: true, content: { transcript: "replaced" } });
    const history = await historyOf(id);
    expect(JSON.stringify(history)).not.toContain("account");
    const before = history.at(-1)?.changes["content"]?.["from"] as SealedContent;
    const owner = { interactionId: interaction(id), channel: "voice" } as const;
    expect(seal?.unseal(before, owner)).toEqual({ transcript: "the account number" });
  });

  test("can be opened after the channel of sealed content has changed", async () => {
    const id = await log({ channel: "gui", sensitive: true, content: { html: "secret" } });
    await put(id, { channel: "document" });
    const { body } = await ask("GET", `/interactions/${id}`);
    expect(body.data["content"]).toEqual({ html: "secret" });
    const [change] = await historyOf(id);
    expect(change?.changes["channel"]).toEqual({ from: "gui", to: "document" });
    const before = change?.changes["content"]?.["from"] as SealedContent;
    expect(seal?.unseal(before, { interactionId: interaction(id), channel: "gui" })).toEqual({
      html: "secret",
    });
  });

  test("is recorded in the name of the database role where SQL changes the row", async () => {
    const id = await log({ subject: "freeForm" });
    await pool.query("update tidings.interactions set subject = 'other' where id = $1", [id]);
    expect(await historyOf(id)).toEqual([
      { actor: "test", changes: { subject: { from: "freeForm", to: "other" } } },
    ]);
  });

  test.each([
    "update tidings.record_changes set actor = 'operator:the.ceo'",
    `update tidings.record_changes set changes = '{}'`,
    "delete from tidings.record_changes",
    "truncate tidings.record_changes",
  ])("stays as it is: %s", async (statement) => {
    await put(await log({}), { subject: "freeForm" });
    await expect(pool.query(statement)).rejects.toThrow(
      "rows of record_changes are kept as they are",
    );
  });
});

test("the lender's notes on an interaction that Tidings sends have a history too", async () => {
  const id = await insertSent(pool, { status: "attempted", statusDetails: "emailSent" });
  await put(id, { metaData: { ticket: 7 }, externalId: "crm-note" });
  await put(id, { status: "succeeded" });
  expect((await historyOf(id)).map(({ changes }) => changes)).toEqual([
    {
      meta_data: { from: null, to: { ticket: 7 } },
      external_id: { from: null, to: "crm-note" },
    },
  ]);
});
