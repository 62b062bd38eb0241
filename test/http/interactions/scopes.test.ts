import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { useServer } from "../served.ts";
import { insertHouse, insertSent } from "./scene.ts";

const database = useDatabase();
const { pool } = database;
const { ask, keyWith } = useServer(database);
beforeAll(() => insertHouse(pool));

const PEOPLE = "/people/BO-1/interactions";
const CALL = { channel: "voice", status: "succeeded", contactId: "CT-PHONE" };

describe("a caller who may write and not read", () => {
  test("gets the id and the status of what it logs and changes, and nothing else", async () => {
    const key = await keyWith("interaction:write");
    const logged = await ask("POST", PEOPLE, { key, body: CALL });
    const id = String(logged.body.data["id"]);
    expect(logged.body.data).toEqual({ id, status: "succeeded" });
    const changed = await ask("PUT", `${PEOPLE}/${id}`, { key, body: {} });
    expect(changed.body.data).toEqual({ id, status: "succeeded" });
  });

  test("sees nothing of an interaction that Tidings sent", async () => {
    const key = await keyWith("interaction:write", "interaction:send");
    const id = await insertSent(pool, { status: "attempted", content: { bodyText: "Dear Pat" } });
    const { body } = await ask("PUT", `${PEOPLE}/${id}`, { key, body: {} });
    expect(body.data).toEqual({ id, status: "attempted" });
  });
});

describe("interaction:send", () => {
  test.each([
    ["a cancellation", "scheduled", { status: "canceled" }],
    ["a delivery", "attempted", { status: "succeeded", statusDetails: "emailDelivered" }],
    ["a bounce", "attempted", { status: "failed", statusDetails: "emailBounced" }],
    ["details of a delivery", "succeeded", { statusDetails: "emailOpened" }],
  ])("is required for %s", async (_, status, body) => {
    const id = await insertSent(pool, { status });
    const writer = await keyWith("interaction:read", "interaction:write");
    const refused = await ask("PUT", `${PEOPLE}/${id}`, { key: writer, body });
    expect([refused.status, refused.body.message]).toEqual([
      403,
      "Missing scope: this requires interaction:send.",
    ]);
    const { rows } = await pool.query("select status from tidings.interactions where id = $1", [
      id,
    ]);
    expect(rows).toEqual([{ status }]);
    const sender = await keyWith("interaction:send");
    expect((await ask("PUT", `${PEOPLE}/${id}`, { key: sender, body })).status).toBe(200);
  });

  test("is not enough for notes, for logging, or for changing what others logged", async () => {
    const key = await keyWith("interaction:send");
    const sent = await insertSent(pool, { status: "attempted" });
    const { body: logged } = await ask("POST", PEOPLE, { body: CALL });
    const requests = [
      ask("PUT", `${PEOPLE}/${sent}`, { key, body: { metaData: { a: 1 } } }),
      ask("POST", PEOPLE, { key, body: CALL }),
      ask("PUT", `${PEOPLE}/${String(logged.data["id"])}`, { key, body: { status: "failed" } }),
    ];
    const answers = await Promise.all(requests);
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });

  test("leaves the caller's name in the evidence", async () => {
    const key = await keyWith("interaction:send");
    const reported = await insertSent(pool, { status: "attempted" });
    const canceled = await insertSent(pool, { status: "scheduled" });
    const failed = { status: "failed", statusDetails: "emailBounced" };
    await ask("PUT", `${PEOPLE}/${reported}`, { key, body: failed });
    await ask("PUT", `${PEOPLE}/${canceled}`, { key, body: { status: "canceled" } });
    const { rows } = await pool.query<{ moved_by: string; evidence: unknown }>(
      "select moved_by, evidence from tidings.interaction_transitions where interaction_id = any($1) and from_status is not null order by id",
      [[reported, canceled]],
    );
    const [by = ""] = rows.map((row) => row.moved_by);
    expect(by).toMatch(/^key:test-\d+$/);
    expect(rows.map(({ evidence }) => evidence)).toEqual([
      { reportedBy: by },
      { reportedBy: by, reason: "Canceled over the REST resources." },
    ]);
  });
});

test("a cancellation drops the rule that made the interaction wait", async () => {
  const id = await insertSent(pool, { status: "scheduled" });
  await pool.query(
    "update tidings.interactions set compliance_guard_rule_id = 'pause.open' where id = $1",
    [id],
  );
  const { body } = await ask("PUT", `${PEOPLE}/${id}`, { body: { status: "canceled" } });
  expect(body.data).toMatchObject({ status: "canceled", complianceGuardRuleId: null });
});

describe("interaction:amend", () => {
  const amendment = {
    kind: "lostByCarrier",
    status: "failed",
    reason: "Lost",
    evidence: "Letter 55",
  };
  const pathOf = (id: string): string => `/interactions/${id}/amendments`;
  const insertDelivered = (): Promise<string> =>
    insertSent(pool, { status: "succeeded", statusDetails: "emailDelivered" });

  test("is required for an amendment", async () => {
    const key = await keyWith("interaction:read", "interaction:write", "interaction:send");
    const { status, body } = await ask("POST", pathOf(await insertDelivered()), {
      key,
      body: amendment,
    });
    expect(status).toBe(403);
    expect(body.message).toContain("Missing scope: this requires interaction:amend.");
  });

  test("lets a caller add an amendment, in its name, once", async () => {
    const id = await insertDelivered();
    const key = await keyWith("interaction:amend");
    const amended = await ask("POST", pathOf(id), { key, body: amendment });
    expect(amended.status).toBe(200);
    expect(amended.body.data).toEqual({ id: expect.any(String) as string, interactionId: id });
    const { rows } = await pool.query<object>(
      "select status, status_details, amended_by like 'key:%' as by_key from tidings.amendments where interaction_id = $1",
      [id],
    );
    expect(rows).toEqual([{ status: "failed", status_details: "emailFailed", by_key: true }]);
    const again = await ask("POST", pathOf(id), { key, body: amendment });
    expect(again.status).toBe(409);
    expect(again.body.errors).toEqual([{ field: "status", message: "is the present one already" }]);
  });

  test("does not amend what is scheduled, what is unknown or what is not on record", async () => {
    const key = await keyWith("interaction:amend");
    const scheduled = await insertSent(pool, { status: "scheduled" });
    expect((await ask("POST", pathOf(scheduled), { key, body: amendment })).status).toBe(409);
    expect((await ask("POST", pathOf("999999"), { key, body: amendment })).status).toBe(404);
    const wrong = { ...amendment, status: "sent" };
    expect((await ask("POST", pathOf(scheduled), { key, body: wrong })).status).toBe(422);
  });
});
