import { beforeAll, describe, expect, test } from "vitest";
import { INTERACTION_STATUSES, THEMES } from "../../../src/domain/vocabulary.ts";
import { useDatabase } from "../../database.ts";
import { insertLogged } from "../../interactions.ts";
import { insertHouse, insertSent } from "./scene.ts";
import { useServer } from "../served.ts";

const database = useDatabase();
const { pool } = database;
const served = useServer(database);
const { ask, keyWith } = served;
beforeAll(() => insertHouse(pool));

const LEAST = { channel: "voice", status: "succeeded" };
const log = (body: unknown, person = "BO-1") =>
  ask("POST", `/people/${person}/interactions`, { body });
async function logged(fields: object = {}): Promise<Readonly<Record<string, unknown>>> {
  const { status, body } = await log({ ...LEAST, ...fields });
  expect(status, JSON.stringify(body)).toBe(200);
  return body.data;
}
const anyText = expect.any(String) as string;

describe("POST logs", () => {
  test("a minimal body; the response has every key, defaults and nulls", async () => {
    const before = Date.now();
    const data = await logged();
    expect(data).toEqual({
      object: "interaction",
      id: anyText,
      createdAt: anyText,
      updatedAt: null,
      deletedAt: null,
      createdBy: { id: anyText, name: "test-1" },
      personId: "BO-1",
      caseId: null,
      channel: "voice",
      content: null,
      contentFault: null,
      contactId: null,
      loanId: null,
      loanIds: [],
      subject: null,
      theme: null,
      sensitive: false,
      externalId: null,
      previousInteractionId: null,
      status: "succeeded",
      statusUpdatedAt: anyText,
      statusDetails: null,
      statusDetailsUpdatedAt: null,
      metaData: null,
      isTransactional: null,
      direction: null,
      startedAt: anyText,
      endedAt: null,
      scheduledAtFrom: null,
      scheduledAtTo: null,
      templateVersionId: null,
      supercaseBulkOperationId: null,
      failureDescriptionShort: null,
      failureDescriptionLong: null,
      complianceGuardRuleId: null,
      borrower: {
        id: "BO-1",
        createdAt: anyText,
        updatedAt: null,
        deletedAt: null,
        borrowerType: "person",
        externalId: "crm-1",
        status: "active",
        statusUpdatedAt: null,
        collectionsIntensity: "normal",
        displayId: "100-1",
        metaData: { branch: "12" },
        commPreferences: {
          statementDeliveryChannels: ["email"],
          sendRemindersWhenCurrent: true,
        },
      },
      contact: null,
    });
    const startedAt = Date.parse(String(data["startedAt"]));
    expect(startedAt).toBeGreaterThanOrEqual(before);
    expect(startedAt).toBeLessThanOrEqual(Date.now());
  });

  test("a complete body, which GET shows in both families of paths", async () => {
    const previous = await logged();
    const WHOLE = {
      channel: "email",
      content: {
        subject: "About your case",
        bodyText: "Dear Pat",
        bodyHtml: "<p>Dear Pat</p>",
        from: "notices@lender.example",
        to: "pat@example.com",
        attachments: [{ documentId: "D-9" }],
      },
      loanId: "LN-1",
      loanIds: ["LN-1", "LN-2"],
      subject: "annualPrivacyPolicyNotice",
      theme: "opsServicing",
      sensitive: true,
      externalId: "call-1",
      previousInteractionId: previous["id"],
      status: "failed",
      metaData: { campaign: "spring", count: 3 },
      isTransactional: true,
      direction: "outbound",
      statusDetails: "voiceSpokeWithFirstParty",
      startedAt: "2019-08-24T14:15:22.000Z",
      endedAt: "2019-08-24T14:15:23.000Z",
      scheduledAtFrom: "2019-08-24T14:00:00.000Z",
      scheduledAtTo: "2019-08-24T15:00:00.000Z",
      failureDescriptionShort: "Mailbox full",
      failureDescriptionLong: "The mailbox was full.",
      complianceGuardRuleId: "lender.rule.7",
    };
    const made = await log({
      ...WHOLE,
      contactId: "CT-EMAIL",
      borrower: { status: "inactive", collectionsIntensity: "heavy" },
    });
    expect(made.body.data).toMatchObject({
      ...WHOLE,
      contactId: "CT-EMAIL",
      contact: { object: "contactDetails", contactType: "email", value: "pat@example.com" },
      borrower: { id: "BO-1", status: "inactive", collectionsIntensity: "heavy" },
      statusDetailsUpdatedAt: anyText,
    });
    for (const path of [
      `/people/BO-1/interactions/${String(made.body.data["id"])}`,
      `/interactions/${String(made.body.data["id"])}`,
      "/people/BO-1/interactions/ext-call-1",
      "/people/ext-crm-1/interactions/ext-call-1",
      "/interactions/ext-call-1",
    ])
      expect((await ask("GET", path)).body, path).toEqual(made.body);
    const { rows } = await pool.query("select status from tidings.borrowers where id = 'BO-1'");
    expect(rows, "the borrower is not changed").toEqual([{ status: "active" }]);
  });

  test("a row that is never sent and creates no job", async () => {
    const jobs = "select count(*)::int as n from tidings_queue.jobs";
    const before = await pool.query(jobs);
    const { id } = await logged({
      channel: "email",
      status: "scheduled",
      scheduledAtFrom: "2031-03-04",
    });
    expect((await pool.query(jobs)).rows).toEqual(before.rows);
    const { rows } = await pool.query("select origin from tidings.interactions where id = $1", [
      id,
    ]);
    expect(rows).toEqual([{ origin: "logged" }]);
  });

  test("in the caller's name, in the interaction and its transition", async () => {
    const key = await keyWith("interaction:read", "interaction:write");
    const { body } = await ask("POST", "/people/BO-1/interactions", { body: LEAST, key });
    const { name } = body.data["createdBy"] as { name: string };
    const { rows } = await pool.query(
      "select moved_by, to_status from tidings.interaction_transitions where interaction_id = $1",
      [body.data["id"]],
    );
    expect(rows).toEqual([{ moved_by: `key:${name}`, to_status: "succeeded" }]);
  });

  test("a date without a time as midnight UTC, and null as null", async () => {
    expect(await logged({ startedAt: "2019-08-24" })).toMatchObject({
      startedAt: "2019-08-24T00:00:00.000Z",
    });
    expect(await logged({ startedAt: null })).toMatchObject({ startedAt: null });
    expect(await logged({ startedAt: "2019-08-24T10:00:00+02:00" })).toMatchObject({
      startedAt: "2019-08-24T08:00:00.000Z",
    });
  });

  test.each(INTERACTION_STATUSES)("an interaction with the initial status %s", async (status) => {
    expect(await logged({ status })).toMatchObject({ status });
  });

  test.each(THEMES)("the theme %s", async (theme) => {
    expect(await logged({ theme })).toMatchObject({ theme });
  });

  test.each([
    ["voice", { from: "+15005550006", to: "+16145550101", durationSeconds: 270, transcript: "x" }],
    ["voice", { recordingUrl: "https://lender.example/r/1", isAutodialed: false }],
    ["email", { subject: "x", bodyHtml: null }],
    ["text", { body: "x" }],
    ["chat", { messages: [{ from: "Pat", body: "Hello?", sentAt: "2031-03-04T15:02:00Z" }] }],
    ["mail", { html: "<p>x</p>", address: { city: "Springfield" } }],
    ["mail", { documentId: "D-9" }],
    ["fax", { anything: { at: ["all"] } }],
    ["gui", { html: "<p>x</p>" }],
    ["document", {}],
    ["document", null],
  ])("content of %s: %j", async (channel, content) => {
    expect(await logged({ channel, content })).toMatchObject({ channel, content });
  });

  test("once for one Idempotency-Key", async () => {
    const headers = { "Idempotency-Key": "call-17" };
    const first = await ask("POST", "/people/BO-1/interactions", { body: LEAST, headers });
    const second = await ask("POST", "/people/BO-1/interactions", { body: LEAST, headers });
    expect(second.body).toEqual(first.body);
    const other = await ask("POST", "/people/BO-2/interactions", { body: LEAST, headers });
    expect(other.status).toBe(422);
  });
});

describe("the contact of an interaction", () => {
  const DETAILS = {
    object: "contactDetails",
    externalId: "crm-phone",
    contactType: "phone",
    label: "personal",
    value: "+16145550101",
  };

  test.each([
    ["by its id", { contactId: "CT-PHONE" }],
    ["by the lender's id in its place", { contactId: "ext-crm-phone" }],
    ["by the lender's id", { contactExternalId: "crm-phone" }],
    ["by both", { contactId: "CT-PHONE", contactExternalId: "crm-phone" }],
    [
      "by details with the same number, written otherwise",
      { contact: { contactType: "phone", value: "(614) 555-0101" } },
    ],
    [
      "by details with its external id",
      { contact: { contactType: "phone", externalId: "crm-phone", value: "+16145550199" } },
    ],
  ])("is named %s", async (_, fields) => {
    expect(await logged(fields)).toMatchObject({ contactId: "CT-PHONE", contact: DETAILS });
  });

  test("is recognized by its email address in any case", async () => {
    const contact = { contactType: "email", value: "PAT@example.com" };
    expect(await logged({ contact })).toMatchObject({ contactId: "CT-EMAIL" });
    const home = {
      contactType: "address",
      address: {
        addressLine1: "1  Example street",
        city: "Springfield",
        state: "OH",
        postalCode: "45501",
      },
    };
    expect(await logged({ contact: home })).toMatchObject({ contactId: "CT-HOME" });
  });

  test("is stored with the interaction where it matches none of the borrower's, and is not created", async () => {
    const contact = { contactType: "email", value: "sam@example.com", name: "Sam" };
    expect(await logged({ contact })).toMatchObject({
      contactId: null,
      contact: {
        ...contact,
        object: "contactDetails",
        externalId: null,
        label: null,
        affiliation: null,
        address: null,
        valid: true,
        verified: false,
        receiveTextMessages: false,
        authorizedThirdParty: false,
        powerOfAttorney: false,
        receiveTextMessagesLastConsentAt: null,
        phoneDisconnectionDetails: null,
      },
    });
    const { rows } = await pool.query("select count(*)::int as n from tidings.contacts");
    expect(rows).toEqual([{ n: 4 }]);
  });

  test("named by id with other details keeps these details", async () => {
    const contact = {
      contactType: "phone",
      value: "+16145550177",
      phoneDisconnectionDetails: { lastKnownConnectionDate: "2031-02-11" },
    };
    expect(await logged({ contactId: "CT-PHONE", contact })).toMatchObject({
      contactId: "CT-PHONE",
      contact: {
        value: "+16145550177",
        phoneDisconnectionDetails: {
          lastKnownConnectionDate: "2031-02-11",
          lastDisconnectCheckDate: null,
          disconnectionStatus: null,
        },
      },
    });
  });

  test("does not change with the borrower's contact", async () => {
    const { id } = await logged({ contactId: "CT-HOME" });
    await pool.query("update tidings.contacts set label = 'work' where id = 'CT-HOME'");
    const { body } = await ask("GET", `/interactions/${String(id)}`);
    expect(body.data["contact"]).toMatchObject({ label: "home" });
  });
});

test("the borrower of an interaction does not change with the borrower's row", async () => {
  const { id } = await logged();
  await pool.query(
    "update tidings.borrowers set collections_intensity = 'light' where id = 'BO-1'",
  );
  const before = await ask("GET", `/interactions/${String(id)}`);
  expect(before.body.data["borrower"]).toMatchObject({ collectionsIntensity: "normal" });
  expect((await logged())["borrower"]).toMatchObject({ collectionsIntensity: "light" });
});

describe("loans", () => {
  test("can be named by the lender's id, and may be another borrower's", async () => {
    expect(
      await logged({ loanId: "ext-ledger-1", loanIds: ["LN-2", "ext-ledger-1"] }),
    ).toMatchObject({
      loanId: "LN-1",
      loanIds: ["LN-2", "LN-1"],
    });
  });
});

const LONG = "x".repeat(501);
const key = (length: number): string => "k".repeat(length);

/** The fault of a body, and the field that the error names. */
const MISFITS: readonly (readonly [why: string, fields: object, field: string])[] = [
  ["an unknown field", { colour: "red" }, "colour"],
  ["a field that the server keeps", { createdAt: "2031-03-04T15:00:00Z" }, "createdAt"],
  ["an id of one's own", { id: "7" }, "id"],
  ["an unknown channel", { channel: "pigeon" }, "channel"],
  ["a channel that is no text", { channel: 7 }, "channel"],
  ["an unknown status", { status: "delivered" }, "status"],
  ["a status that is null", { status: null }, "status"],
  ["an unknown theme", { theme: "outOpsLoan" }, "theme"],
  ["an unknown direction", { direction: "sideways" }, "direction"],
  ["a subject of two words", { subject: "privacy notice" }, "subject"],
  ["details without a channel", { statusDetails: "spokeWithFirstParty" }, "statusDetails"],
  ["details that are a channel alone", { statusDetails: "voice" }, "statusDetails"],
  ["sensitive that is null", { sensitive: null }, "sensitive"],
  ["sensitive that is a word", { sensitive: "yes" }, "sensitive"],
  ["a time that is none", { startedAt: "yesterday" }, "startedAt"],
  ["a day that is none", { startedAt: "2031-02-30" }, "startedAt"],
  ["a time before Postgres' own", { startedAt: "0000-01-01" }, "startedAt"],
  ["a time without its offset", { startedAt: "2031-03-04T15:00:00" }, "startedAt"],
  ["an end before the beginning", { startedAt: "2031-03-04", endedAt: "2031-03-03" }, "endedAt"],
  ["an end before a beginning that is now", { endedAt: "2019-03-03" }, "endedAt"],
  [
    "a window that closes before it opens",
    { scheduledAtFrom: "2031-03-04", scheduledAtTo: "2031-03-03" },
    "scheduledAtTo",
  ],
  ["an external id with the prefix of a path", { externalId: "ext-7" }, "externalId"],
  ["an external id that is empty", { externalId: "" }, "externalId"],
  ["an external id of 201 characters", { externalId: key(201) }, "externalId"],
  ["an unknown loan", { loanId: "LN-9" }, "loanId"],
  ["an unknown loan of the lender's", { loanId: "ext-9" }, "loanId"],
  ["one unknown loan of several", { loanIds: ["LN-1", "LN-9"] }, "loanIds[1]"],
  ["an unknown contact", { contactId: "CT-9" }, "contactId"],
  ["somebody else's contact", { contactId: "CT-SAM" }, "contactId"],
  ["an unknown contact of the lender's", { contactExternalId: "crm-9" }, "contactExternalId"],
  ["two contacts", { contactId: "CT-EMAIL", contactExternalId: "crm-phone" }, "contactExternalId"],
  ["a contact without a type", { contact: { value: "x" } }, "contact.contactType"],
  [
    "fields of a contact that the server sets",
    { contact: { contactType: "phone", object: "contactDetails" } },
    "contact.object",
  ],
  ["an unknown previous interaction", { previousInteractionId: "999999" }, "previousInteractionId"],
  ["a previous interaction that is no id", { previousInteractionId: "x" }, "previousInteractionId"],
  [
    "a previous interaction beyond all ids",
    { previousInteractionId: "9223372036854775808" },
    "previousInteractionId",
  ],
  ["another borrower in the body", { borrower: { externalId: "crm-2" } }, "borrower.externalId"],
  ["an unknown field of the borrower", { borrower: { id: "BO-1" } }, "borrower.id"],
  ["content of another channel", { content: { bodyHtml: "x" } }, "content.bodyHtml"],
  ["content that is a text", { content: "x" }, "content"],
  [
    "a recording that no browser may open",
    { content: { recordingUrl: "javascript:x" } },
    "content.recordingUrl",
  ],
  [
    "51 notes",
    { metaData: Object.fromEntries(Array.from({ length: 51 }, (_, n) => [n, 1])) },
    "metaData",
  ],
  ["a note with a key of 101 characters", { metaData: { [key(101)]: 1 } }, "metaData"],
  ["a note of 501 characters", { metaData: { a: LONG } }, "metaData.a"],
  ["a note of 501 characters as JSON", { metaData: { a: [LONG] } }, "metaData.a"],
  ["notes that are a list", { metaData: [1] }, "metaData"],
];

describe("POST gets a 422 that names the field", () => {
  test.each(MISFITS)("%s", async (_, fields, field) => {
    const { status, body } = await log({ ...LEAST, ...fields });
    expect([status, body.errors.map((error) => error.field)]).toEqual([422, [field]]);
  });

  test.each(["channel", "status"])("a body without %s", async (field) => {
    const { [field]: _, ...rest } = LEAST as Record<string, string>;
    const { status, body } = await log(rest);
    expect([status, body.errors.map((error) => error.field)]).toEqual([422, [field]]);
  });

  test("with the field or the word that was probably meant", async () => {
    const { body } = await log({ ...LEAST, statsu: "x", theme: "opsServcing", channel: "sms" });
    expect(body.errors).toMatchObject([
      { field: "channel", message: expect.stringMatching(/document\. Did you mean text\?$/) },
    ]);
    const again = await log({ ...LEAST, statsuDetails: "x", theme: "opsServcing" });
    expect(again.body.errors).toMatchObject([
      { field: "theme", message: expect.stringMatching(/"\. Did you mean opsServicing\?$/) },
      { field: "statsuDetails", message: "is not a known field. Did you mean statusDetails?" },
    ]);
  });

  test("with a message that says what is valid", async () => {
    const { body } = await log({ ...LEAST, metaData: [], content: "x", theme: 7 });
    expect(body.errors).toEqual([
      { field: "content", message: "must be an object" },
      {
        field: "theme",
        message: expect.stringMatching(/^must be one of "opsCollDebt", /) as string,
      },
      { field: "metaData", message: "must be an object" },
    ]);
  });

  test.each(["metaData", "content"])("a key __proto__ in %s", async (field) => {
    const body = `{"channel": "gui", "status": "succeeded", "${field}": {"a": {"__proto__": {"b": 1}}}}`;
    const { status, body: refused } = await ask("POST", "/people/BO-1/interactions", { body });
    expect([status, refused.errors]).toEqual([
      422,
      [{ field: `${field}.a`, message: "must not have a key __proto__" }],
    ]);
  });

  test("another borrower's interaction as the previous one", async () => {
    const { body } = await log(LEAST, "BO-2");
    const other = await log({ ...LEAST, previousInteractionId: body.data["id"] });
    expect([other.status, other.body.errors[0]?.field]).toEqual([422, "previousInteractionId"]);
  });

  test("and accepts the largest metaData: 50 keys of 100 characters with values of 500 code points", async () => {
    const metaData = Object.fromEntries(
      Array.from({ length: 50 }, (_, n) => [`${"🙂".repeat(98)}${n + 10}`, "🙂".repeat(500)]),
    );
    expect(await logged({ metaData })).toMatchObject({ metaData });
  });
});

describe("an unknown person", () => {
  test.each([
    ["POST", "/people/BO-9/interactions", "personId"],
    ["POST", "/people/ext-nobody/interactions", "personId"],
    ["GET", "/people/BO-9/interactions", "personId"],
    ["GET", "/people/BO-9/interactions/1", "personId"],
    ["PUT", "/people/BO-9/interactions/1", "personId"],
    ["GET", "/people/BO-1/interactions/999999", "interactionId"],
    ["PUT", "/people/BO-1/interactions/999999", "interactionId"],
    ["GET", "/interactions/999999", "interactionId"],
    ["GET", "/interactions/9223372036854775808", "interactionId"],
    ["GET", "/interactions/x", "interactionId"],
    ["GET", "/interactions/ext-nothing", "interactionId"],
    ["GET", "/interactions/999999/content", "interactionId"],
    ["GET", "/people/BO-1/interactions/999999/content", "interactionId"],
  ])("%s %s is 404", async (method, path, field) => {
    const body = { POST: LEAST, PUT: { metaData: null } }[method];
    const answer = await ask(method, path, body === undefined ? {} : { body });
    expect([answer.status, answer.body.errors[0]?.field]).toEqual([404, field]);
  });

  test("another person's interaction is 404", async () => {
    const { id } = await logged();
    expect((await ask("GET", `/people/BO-2/interactions/${String(id)}`)).status).toBe(404);
    const put = await ask("PUT", `/people/BO-2/interactions/${String(id)}`, {
      body: { metaData: null },
    });
    expect(put.status).toBe(404);
  });
});

describe("general errors", () => {
  test.each([
    ["GET", "/interactions", "interaction:write"],
    ["GET", "/interactions/1", "interaction:write"],
    ["GET", "/interactions/1/content", "interaction:write"],
    ["GET", "/people/BO-1/interactions", "interaction:write"],
    ["GET", "/people/BO-1/interactions/1", "interaction:write"],
    ["GET", "/people/BO-1/interactions/1/content", "interaction:write"],
    ["POST", "/people/BO-1/interactions", "interaction:read"],
    ["PUT", "/people/BO-1/interactions/1", "interaction:read"],
  ] as const)("%s %s with another scope is 403, with none 401", async (method, path, scope) => {
    const asked = method === "GET" ? {} : { body: {} };
    expect((await ask(method, path, { ...asked, key: await keyWith(scope) })).status).toBe(403);
    expect((await ask(method, path, { ...asked, key: null })).status).toBe(401);
  });

  test.each([
    ["/interactions", "GET, HEAD"],
    ["/interactions/1", "GET, HEAD"],
    ["/people/BO-1/interactions", "GET, HEAD, POST"],
    ["/people/BO-1/interactions/1", "GET, HEAD, PUT"],
  ])("DELETE %s is 405 and says what can be done", async (path, allow) => {
    const { status, headers } = await ask("DELETE", path);
    expect([status, headers.get("allow")]).toEqual([405, allow]);
  });

  test("broken JSON is 400, and another content type 415", async () => {
    expect((await log("{")).status).toBe(400);
    const text = await ask("POST", "/people/BO-1/interactions", {
      body: "hello",
      headers: { "Content-Type": "text/plain" },
    });
    expect(text.status).toBe(415);
  });

  test("a compressed body is 415 and names the header", async () => {
    const { status, body } = await ask("POST", "/people/BO-1/interactions", {
      body: JSON.stringify(LEAST),
      headers: { "Content-Type": "application/json", "Content-Encoding": "gzip" },
    });
    expect([status, body.errors[0]?.field]).toEqual([415, "Content-Encoding"]);
  });

  test("an external id that is in use is 409", async () => {
    await logged({ externalId: "once" });
    const { status, body } = await log({ ...LEAST, externalId: "once" });
    expect([status, body.errors[0]?.field]).toEqual([409, "externalId"]);
  });
});

describe("an interaction that Tidings sent is shown", () => {
  test("with the stored borrower and contact, and without a name", async () => {
    const id = await insertSent(pool, {
      status: "attempted",
      statusDetails: "emailSent",
      content: { subject: "x", bodyText: "y", bodyHtml: null },
    });
    const { body } = await ask("GET", `/people/BO-1/interactions/${id}`);
    expect(body.data).toMatchObject({
      id,
      createdBy: { id: "tidings", name: "Tidings" },
      caseId: "CS-1",
      templateVersionId: "12.3",
      content: { subject: "x" },
      contact: { contactType: "email", value: "pat@example.com", verified: null },
      borrower: { id: "BO-1", collectionsIntensity: "light", displayId: "100-1" },
    });
    expect(JSON.stringify(body.data["borrower"])).not.toContain("Pat");
  });

  test("even where SQL wrote other JSON", async () => {
    const id = await insertLogged(pool, {
      content: ["page"],
      contact: 7,
      borrower: "x",
      metaData: [],
      createdBy: "somebody",
    });
    const { body } = await ask("GET", `/interactions/${id}`);
    expect(body.data).toMatchObject({
      personId: null,
      content: { content: ["page"] },
      contact: null,
      borrower: null,
      metaData: null,
      createdBy: { id: null, name: null },
    });
  });
});

test("nothing personal is logged", () => {
  const emitted = served.emitted.join("\n");
  expect(emitted).toContain("/people/:personId/interactions");
  expect(emitted).not.toMatch(/example\.com|5550101|Pat|BO-1|crm-1|call-1/);
});
