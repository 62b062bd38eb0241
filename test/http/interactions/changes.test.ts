import { beforeAll, describe, expect, test } from "vitest";
import { useDatabase } from "../../database.ts";
import { insertLogged } from "../../interactions.ts";
import { insertHouse, insertSent } from "./scene.ts";
import { useServer, type Answer, type Body } from "../served.ts";

const database = useDatabase();
const { pool } = database;
const { ask, keyWith } = useServer(database);
beforeAll(() => insertHouse(pool));

async function log(fields: object = {}): Promise<string> {
  const body = { channel: "voice", status: "scheduled", ...fields };
  const answer = await ask("POST", "/people/BO-1/interactions", { body });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return String(answer.body.data["id"]);
}
const put = (id: string, body: object, key?: string): Promise<Answer> =>
  ask("PUT", `/people/BO-1/interactions/${id}`, { body, ...(key !== undefined && { key }) });
const fieldsOf = (body: Body): string[] => body.errors.map((error) => error.field);

async function changed(id: string, body: object): Promise<Body["data"]> {
  const answer = await put(id, body);
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  return answer.body.data;
}

async function transitions(id: string): Promise<unknown[]> {
  const { rows } = await pool.query(
    `select to_status || coalesce(' ' || to_status_details, '') as "to", moved_by as by
     from tidings.interaction_transitions where interaction_id = $1 order by id`,
    [id],
  );
  return rows;
}

describe("a logged interaction", () => {
  test("changes only in the fields that are sent", async () => {
    const id = await log({
      externalId: "keep",
      subject: "freeForm",
      metaData: { a: 1 },
      contactId: "CT-PHONE",
    });
    const before = await ask("GET", `/interactions/${id}`);
    const after = await changed(id, { subject: "custom3", theme: "opsCollDebt" });
    expect(after).toEqual({
      ...(before.body.data as object),
      subject: "custom3",
      theme: "opsCollDebt",
      updatedAt: expect.any(String) as string,
    });
  });

  test("can change in every field", async () => {
    const previous = await log();
    const id = await log({ content: { transcript: "x" } });
    const WHOLE = {
      channel: "email",
      content: { subject: "About your case" },
      loanId: "LN-1",
      loanIds: ["LN-1", "LN-2"],
      subject: "freeForm",
      theme: "opsServicing",
      sensitive: true,
      externalId: "changed",
      previousInteractionId: previous,
      status: "failed",
      metaData: { b: 2 },
      isTransactional: false,
      direction: "inbound",
      statusDetails: "emailBounced",
      startedAt: "2019-08-24T14:15:22.000Z",
      endedAt: "2019-08-24T14:15:23.000Z",
      scheduledAtFrom: "2019-08-24T14:00:00.000Z",
      scheduledAtTo: "2019-08-24T15:00:00.000Z",
      failureDescriptionShort: "Mailbox full",
      failureDescriptionLong: "The mailbox was full.",
      complianceGuardRuleId: "lender.rule.7",
    };
    const after = await changed(id, {
      ...WHOLE,
      contactExternalId: "crm-phone",
      borrower: { status: "inactive" },
    });
    expect(after).toMatchObject({
      ...WHOLE,
      contactId: "CT-PHONE",
      contact: { value: "+16145550101" },
      borrower: { id: "BO-1", status: "inactive", collectionsIntensity: "normal" },
    });
  });

  test("is cleared by null", async () => {
    const id = await log({
      contactId: "CT-PHONE",
      loanId: "LN-1",
      loanIds: ["LN-1"],
      content: { transcript: "x" },
      endedAt: "2099-01-01",
      externalId: "emptied",
      metaData: { a: 1 },
    });
    const EMPTY = {
      contactId: null,
      loanId: null,
      content: null,
      startedAt: null,
      endedAt: null,
      externalId: null,
      metaData: null,
      subject: null,
    };
    const after = await changed(id, { ...EMPTY, loanIds: null, borrower: null });
    expect(after).toMatchObject({ ...EMPTY, contact: null, loanIds: [], borrower: { id: "BO-1" } });
  });

  test("is not changed by an empty body", async () => {
    const id = await log();
    const before = await ask("GET", `/interactions/${id}`);
    expect(await changed(id, {})).toEqual(before.body.data);
    expect(await changed(id, { contactExternalId: null })).toEqual(before.body.data);
  });

  const MOVES: Readonly<Record<string, readonly string[]>> = {
    scheduled: ["inProgress", "attempted", "succeeded", "failed", "canceled"],
    inProgress: ["attempted", "succeeded", "failed"],
    attempted: ["succeeded", "failed"],
    succeeded: ["failed"],
    failed: [],
    canceled: [],
  };
  const PAIRS = Object.keys(MOVES).flatMap((from) =>
    Object.keys(MOVES).map((to) => [from, to] as const),
  );
  test.each(PAIRS)("moves from %s to %s as the diagram allows", async (from, to) => {
    const id = await log({ status: from });
    const { status, body } = await put(id, { status: to });
    if (from === to || MOVES[from]?.includes(to) === true)
      expect([status, body.data["status"]]).toEqual([200, to]);
    else expect([status, fieldsOf(body)]).toEqual([409, ["status"]]);
  });

  test("records who made each move", async () => {
    const key = await keyWith("interaction:read", "interaction:write");
    const id = await log();
    const { body } = await put(id, { status: "inProgress" }, key);
    await put(id, { statusDetails: "voiceLeftVoicemail" });
    await put(id, { subject: "freeForm" });
    expect(await transitions(id)).toEqual([
      { to: "scheduled", by: "key:test-1" },
      { to: "inProgress", by: expect.stringMatching(/^key:test-(?!1$)/) as string },
      { to: "inProgress voiceLeftVoicemail", by: "key:test-1" },
    ]);
    const after = await ask("GET", `/interactions/${id}`);
    expect(after.body.data["statusUpdatedAt"]).toBe(body.data["statusUpdatedAt"]);
    expect(after.body.data["statusDetailsUpdatedAt"]).not.toBeNull();
  });

  test.each([
    ["content of another channel", { content: { bodyHtml: "x" } }, "content.bodyHtml"],
    ["a channel that its content does not fit", { channel: "email" }, "content.transcript"],
    ["an end before the beginning that stands", { endedAt: "1999-01-01" }, "endedAt"],
    ["an unknown field", { id: "7" }, "id"],
    ["an unknown loan", { loanId: "LN-9" }, "loanId"],
    ["somebody else's contact", { contactId: "CT-SAM" }, "contactId"],
    ["an unknown word", { theme: "outOpsLoan" }, "theme"],
    ["no status", { status: null }, "status"],
  ])("refuses %s with 422", async (_, body, field) => {
    const id = await log({ content: { transcript: "x" } });
    const before = await ask("GET", `/interactions/${id}`);
    const answer = await put(id, body);
    expect([answer.status, fieldsOf(answer.body)]).toEqual([422, [field]]);
    expect((await ask("GET", `/interactions/${id}`)).body).toEqual(before.body);
  });

  test("may hold invalid values written by SQL, as long as they are not changed", async () => {
    const id = await insertLogged(pool, {
      channel: "email",
      status: "attempted",
      personId: "BO-1",
      content: { raw: "x" },
      startedAt: "2031-03-04",
      endedAt: "2031-03-03",
    });
    expect(await changed(id, { sensitive: true, status: "succeeded" })).toMatchObject({
      content: { raw: "x" },
    });
    expect(fieldsOf((await put(id, { channel: "text" })).body)).toEqual(["content.raw"]);
    expect(fieldsOf((await put(id, { startedAt: "2031-03-05" })).body)).toEqual(["endedAt"]);
  });

  test("cannot be its own previous interaction", async () => {
    const id = await log();
    const { status, body } = await put(id, { previousInteractionId: id });
    expect([status, fieldsOf(body)]).toEqual([422, ["previousInteractionId"]]);
  });

  test("cannot take the external id of another: 409", async () => {
    await log({ externalId: "taken" });
    const { status, body } = await put(await log(), { externalId: "taken" });
    expect([status, fieldsOf(body)]).toEqual([409, ["externalId"]]);
  });

  test("is found by its external id", async () => {
    await log({ externalId: "by-ext" });
    expect((await put("ext-by-ext", { subject: "freeForm" })).status).toBe(200);
  });

  test("two concurrent changes of different fields are both kept", async () => {
    const id = await log();
    const writes = Array.from({ length: 10 }, (_, n) => [
      { subject: `custom${n}` },
      { metaData: { n } },
      { theme: "opsServicing" },
    ]).flat();
    const answers = await Promise.all(writes.map((body) => put(id, body)));
    expect(answers.map(({ status }) => status)).toEqual(writes.map(() => 200));
    const { body } = await ask("GET", `/interactions/${id}`);
    expect(body.data["subject"]).toMatch(/^custom\d$/);
    expect(body.data).toMatchObject({
      metaData: { n: expect.any(Number) as number },
      theme: "opsServicing",
    });
  });

  test("of two concurrent final statuses one wins, and the other gets a 409", async () => {
    const id = await log({ status: "attempted" });
    const answers = await Promise.all(
      ["failed", "canceled", "succeeded", "canceled"].map((status) => put(id, { status })),
    );
    expect(answers.filter(({ status }) => status === 409).length).toBeGreaterThanOrEqual(2);
    const { body } = await ask("GET", `/interactions/${id}`);
    expect(["failed", "succeeded"]).toContain(body.data["status"]);
  });
});

describe("an interaction that Tidings sends", () => {
  test("takes the lender's notes in every status", async () => {
    for (const status of ["scheduled", "inProgress", "attempted", "succeeded", "failed"]) {
      const id = await insertSent(pool, { status });
      const notes = { metaData: { crm: status }, externalId: `notes-${status}` };
      expect(await changed(id, notes)).toMatchObject({ ...notes, status });
    }
  });

  test("can be canceled while it is scheduled, and records who and why", async () => {
    const id = await insertSent(pool, { status: "scheduled" });
    const data = await changed(id, {
      status: "canceled",
      failureDescriptionShort: "Settled",
      failureDescriptionLong: "The borrower has paid.",
      metaData: { a: 1 },
    });
    expect(data).toMatchObject({
      status: "canceled",
      failureDescriptionShort: "Settled",
      failureDescriptionLong: "The borrower has paid.",
      metaData: { a: 1 },
    });
    expect(await transitions(id)).toEqual([
      { to: "scheduled", by: "test" },
      { to: "canceled", by: "key:test-1" },
    ]);
  });

  test("gets a default reason where a cancellation has none", async () => {
    const id = await insertSent(pool, { status: "scheduled" });
    expect(await changed(id, { status: "canceled" })).toMatchObject({
      failureDescriptionShort: "Canceled by caller",
      failureDescriptionLong: "Canceled over the REST resources.",
    });
  });

  test("takes receipts: delivered, opened, and bounced late", async () => {
    const id = await insertSent(pool, { status: "attempted", statusDetails: "emailSent" });
    const delivered = { status: "succeeded", statusDetails: "emailDelivered" };
    expect(await changed(id, delivered)).toMatchObject(delivered);
    expect(await changed(id, { statusDetails: "emailOpened" })).toMatchObject({
      status: "succeeded",
    });
    expect(await changed(id, { status: "failed", statusDetails: "emailBounced" })).toMatchObject({
      status: "failed",
      statusDetails: "emailBounced",
      failureDescriptionShort: "Reported as failed",
      failureDescriptionLong: expect.stringMatching(/another contact or channel/) as string,
    });
  });

  test("a receipt replaces an unknown outcome and its failure texts", async () => {
    const id = await insertSent(pool, {
      status: "attempted",
      statusDetails: "emailOutcomeUnknown",
    });
    await pool.query(
      "update tidings.interactions set failure_description_short = 'Outcome unknown', failure_description_long = 'x' where id = $1",
      [id],
    );
    expect(await changed(id, { status: "succeeded" })).toMatchObject({
      status: "succeeded",
      statusDetails: "emailDelivered",
      failureDescriptionShort: null,
      failureDescriptionLong: null,
    });
  });

  test("a value equal to the present one is no change", async () => {
    const id = await insertSent(pool, { status: "attempted", statusDetails: "emailSent" });
    const before = await ask("GET", `/interactions/${id}`);
    const same = {
      channel: "email",
      status: "attempted",
      statusDetails: "emailSent",
      direction: "outbound",
      scheduledAtFrom: "2031-03-04T15:00:00Z",
      loanIds: [],
      contactId: "CT-EMAIL",
    };
    expect(await changed(id, same)).toEqual(before.body.data);
  });

  const REFUSED: readonly (readonly [why: string, stands: string, body: object, field: string])[] =
    [
      ["another channel", "scheduled", { channel: "text" }, "channel"],
      ["content", "attempted", { content: { subject: "x" } }, "content"],
      ["the very content that is kept", "attempted", { content: { subject: "y" } }, "content"],
      ["no content", "attempted", { content: null }, "content"],
      ["another contact", "attempted", { contactId: "CT-PHONE" }, "contactId"],
      [
        "a contact of the lender's",
        "attempted",
        { contactExternalId: "crm-phone" },
        "contactExternalId",
      ],
      ["a contact's details", "attempted", { contact: { contactType: "phone" } }, "contact"],
      ["a borrower's", "attempted", { borrower: { status: "inactive" } }, "borrower"],
      ["another loan", "scheduled", { loanId: "LN-1" }, "loanId"],
      ["other loans", "scheduled", { loanIds: ["LN-1"] }, "loanIds"],
      ["another subject", "scheduled", { subject: "freeForm" }, "subject"],
      ["another theme", "scheduled", { theme: "opsCollDebt" }, "theme"],
      ["more secrecy", "scheduled", { sensitive: true }, "sensitive"],
      ["another direction", "scheduled", { direction: "inbound" }, "direction"],
      ["a place in a chain", "failed", { previousInteractionId: "1" }, "previousInteractionId"],
      ["another beginning", "attempted", { startedAt: "2031-03-04" }, "startedAt"],
      ["another end", "attempted", { endedAt: "2031-03-04" }, "endedAt"],
      ["another hour", "scheduled", { scheduledAtFrom: "2031-03-05" }, "scheduledAtFrom"],
      ["another rule", "failed", { complianceGuardRuleId: "x" }, "complianceGuardRuleId"],
      ["another reason", "failed", { failureDescriptionShort: "x" }, "failureDescriptionShort"],
      ["a start", "scheduled", { status: "inProgress" }, "status"],
      ["a success before it was sent", "scheduled", { status: "succeeded" }, "status"],
      ["a failure before it was sent", "scheduled", { status: "failed" }, "status"],
      ["a cancellation under way", "inProgress", { status: "canceled" }, "status"],
      ["an outcome under way", "inProgress", { status: "succeeded" }, "status"],
      ["a cancellation afterwards", "attempted", { status: "canceled" }, "status"],
      ["to be sent again", "attempted", { status: "scheduled" }, "status"],
      ["a success after its failure", "failed", { status: "succeeded" }, "status"],
      ["details before it was sent", "scheduled", { statusDetails: "emailSent" }, "statusDetails"],
      ["details of another channel", "attempted", { statusDetails: "textSent" }, "statusDetails"],
      ["no details", "attempted", { statusDetails: null }, "statusDetails"],
      [
        "details of another status",
        "attempted",
        { statusDetails: "emailDelivered" },
        "statusDetails",
      ],
      [
        "a status of other details",
        "attempted",
        { status: "succeeded", statusDetails: "emailBounced" },
        "statusDetails",
      ],
    ];

  test.each(REFUSED)("refuses %s with 409 (%s)", async (_, status, body, field) => {
    const id = await insertSent(pool, {
      status,
      content: { subject: "y" },
      ...(status === "attempted" && { statusDetails: "emailSent" }),
    });
    const before = await ask("GET", `/interactions/${id}`);
    const answer = await put(id, { ...body, metaData: { a: 1 } });
    expect([answer.status, fieldsOf(answer.body)]).toEqual([409, [field]]);
    expect((await ask("GET", `/interactions/${id}`)).body, "nothing is changed").toEqual(
      before.body,
    );
  });

  test("never goes back from opened to delivered", async () => {
    const id = await insertSent(pool, { status: "succeeded", statusDetails: "emailOpened" });
    const { status, body } = await put(id, { statusDetails: "emailDelivered" });
    expect([status, fieldsOf(body)]).toEqual([409, ["statusDetails"]]);
    expect(await changed(id, { statusDetails: "emailClicked" })).toMatchObject({});
  });

  test("two concurrent receipts never go back either", async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await insertSent(pool, { status: "succeeded", statusDetails: "emailDelivered" });
      const receipts = ["emailClicked", "emailOpened", "emailOpened", "emailOpened"];
      await Promise.all(receipts.map((statusDetails) => put(id, { statusDetails })));
      const { body } = await ask("GET", `/interactions/${id}`);
      expect(body.data["statusDetails"]).toBe("emailClicked");
    }
  });

  test("a 409 names every field that cannot change", async () => {
    const id = await insertSent(pool, { status: "scheduled" });
    const { body } = await put(id, { channel: "text", theme: "opsCollDebt", metaData: {} });
    expect(fieldsOf(body)).toEqual(["channel", "theme"]);
  });

  test("of a cancellation and a claim at the same time, the first wins", async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await insertSent(pool, { status: "scheduled" });
      const claim = pool.query(
        "update tidings.interactions set status = 'inProgress', claimed_at = now(), claimed_by = 'w-1' where id = $1 and status = 'scheduled'",
        [id],
      );
      const [answer, claimed] = await Promise.all([put(id, { status: "canceled" }), claim]);
      const { body } = await ask("GET", `/interactions/${id}`);
      const won = claimed.rowCount === 1;
      expect([answer.status, body.data["status"]]).toEqual(
        won ? [409, "inProgress"] : [200, "canceled"],
      );
    }
  });
});
