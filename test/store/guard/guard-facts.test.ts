import { beforeAll, describe, expect, test } from "vitest";
import type { Facts, ReadFacts } from "../../../src/domain/guard/facts.ts";
import type { GuardQuestion } from "../../../src/domain/guard/question.ts";
import { parseBorrowerId } from "../../../src/domain/ids.ts";
import { loadGuardFacts } from "../../../src/store/guard/guard-facts.ts";
import { useDatabase } from "../../database.ts";
import { insertInteraction, insertLogged } from "../../interactions.ts";
import { insertLender } from "../../lender.ts";

const { pool, db } = useDatabase();

/** An hour from now, so that everything that the tests insert is known. */
const AT = new Date(Date.now() + 3_600_000);
const DAY_MS = 86_400_000;
const daysBefore = (days: number): Date => new Date(AT.getTime() - days * DAY_MS);

function question(given: Partial<GuardQuestion> = {}): GuardQuestion {
  return {
    key: "1",
    borrowerId: parseBorrowerId("BO-1"),
    interactionId: null,
    message: { channel: "email", contactId: "CT-EMAIL", loanIds: [], theme: "opsServicing" },
    ...given,
  };
}

async function load(
  ...questions: readonly GuardQuestion[]
): Promise<ReadonlyMap<string, ReadFacts>> {
  return await loadGuardFacts(db, questions, { at: AT, known: "now", country: "US" });
}

async function factsOf(given: Partial<GuardQuestion> = {}): Promise<Facts> {
  const read = (await load(question(given))).get("1");
  if (read?.kind !== "facts") throw new Error(JSON.stringify(read));
  return read.facts;
}

beforeAll(async () => {
  await insertLender(pool);
});

describe("contacts", () => {
  test("have the values of their rows, and a phone number in E.164", async () => {
    await pool.query(`
      insert into tidings.borrowers (id) values ('BO-C');
      insert into tidings.contacts (id, borrower_id, contact_type, label, status, value, receive_text_messages,
        receive_text_messages_last_consent_at, phone_disconnection_details) values
        ('C-1', 'BO-C', 'phone', 'personal', 'primary', '(614) 555-0107', true, '2026-11-15T12:00:00Z',
         '{"disconnectionStatus": "connected"}'),
        ('C-2', 'BO-C', 'email', null, 'primary', 'pat@example.com', false, null, null);
      insert into tidings.contacts (id, borrower_id, contact_type, label, affiliation, address) values
        ('C-3', 'BO-C', 'address', 'home', 'self', '{"city": "Columbus", "state": "oh", "postalCode": "43215"}'),
        ('C-4', 'BO-C', 'address', 'work', 'Personal Representative', '{"city": "Lyon", "state": "Rhône"}')`);
    const { contacts } = await factsOf({
      borrowerId: parseBorrowerId("BO-C"),
      message: { channel: "text", contactId: "C-1", loanIds: [] },
    });
    expect(contacts["C-1"]).toMatchObject({
      value: "+16145550107",
      receiveTextMessages: true,
      receiveTextMessagesLastConsentAt: Date.parse("2026-11-15T12:00:00Z"),
      disconnectionStatus: "connected",
      label: "personal",
      affiliation: "self",
    });
    expect(contacts["C-2"]).toMatchObject({ value: "pat@example.com", label: "personal" });
    expect(contacts["C-3"]?.address).toEqual({
      city: "Columbus",
      state: "OH",
      postalCode: "43215",
    });
    expect(contacts["C-4"]?.address).toBeUndefined();
    expect(contacts["C-4"]?.affiliation).toBe("executor");
  });

  test("of an unknown affiliation are a third person's", async () => {
    await pool.query(
      "insert into tidings.contacts (id, borrower_id, contact_type, status, affiliation, value) values ('C-9', 'BO-1', 'phone', 'additional', 'Mother-in-law', '+16145550109')",
    );
    expect((await factsOf()).contacts["C-9"]?.affiliation).toBe("other");
  });

  test("with an impossible number are an error of the question alone", async () => {
    await pool.query(`
      insert into tidings.borrowers (id) values ('BO-P');
      insert into tidings.contacts (id, borrower_id, contact_type, value) values
        ('P-1', 'BO-P', 'email', 'sam@example.com'), ('P-2', 'BO-P', 'phone', '0000000')`);
    const answers = await load(
      question({
        key: "bad",
        borrowerId: parseBorrowerId("BO-P"),
        message: { channel: "email", contactId: "P-1", loanIds: [] },
      }),
      question({ key: "good" }),
    );
    expect(answers.get("good")?.kind).toBe("facts");
    expect(answers.get("bad")).toEqual({
      kind: "invalid",
      errors: [{ field: "facts.contacts.P-2.value", message: "must be an E.164 phone number" }],
    });
  });
});

describe("loans", () => {
  test("have the values of their columns, and nothing of data", async () => {
    await pool.query(
      `insert into tidings.loans (id, borrower_id, data, days_past_due, product_type, validation_period_ends_on, initial_communication_at)
       values ('LN-7', 'BO-2', '{"status": "settled"}', 12, 'mortgage', '2026-10-01', '2026-09-01T12:00:00Z'),
         ('LN-8', 'BO-2', '{}', null, null, null, null)`,
    );
    const { loans } = await factsOf({
      message: { channel: "email", contactId: "CT-EMAIL", loanIds: ["LN-7", "LN-8"] },
    });
    expect(loans["LN-7"]).toMatchObject({
      daysPastDue: 12,
      status: "open",
      productType: "mortgage",
      initialCommunicationAt: Date.parse("2026-09-01T12:00:00Z"),
      validationPeriodEndsOn: Date.parse("2026-10-01T00:00:00Z") / DAY_MS,
    });
    expect(loans["LN-8"]).toMatchObject({ collectorRole: "creditor", daysPastDue: 0 });
  });

  test("that have no row are an error", async () => {
    const answer = (
      await load(
        question({ message: { channel: "email", contactId: "CT-EMAIL", loanIds: ["LN-X"] } }),
      )
    ).get("1");
    expect(answer).toMatchObject({ kind: "invalid", errors: [{ field: "facts.message.loanIds" }] });
  });
});

test("a borrower without a row is an error of the question", async () => {
  const answer = (await load(question({ borrowerId: parseBorrowerId("BO-NONE") }))).get("1");
  expect(answer).toMatchObject({ kind: "invalid", errors: [{ field: "facts.borrower" }] });
});

describe("the history", () => {
  async function borrowerWithHistory(id: string): Promise<GuardQuestion> {
    await pool.query("insert into tidings.borrowers (id) values ($1)", [id]);
    await pool.query(
      "insert into tidings.contacts (id, borrower_id, contact_type, value) values ($1 || '-E', $1, 'email', 'a@example.com')",
      [id],
    );
    return question({
      borrowerId: parseBorrowerId(id),
      message: { channel: "email", contactId: `${id}-E`, loanIds: [] },
    });
  }

  test("has the last 31 days, what is planned, and everything with third persons", async () => {
    const asked = await borrowerWithHistory("BO-H");
    await pool.query(
      "insert into tidings.contacts (id, borrower_id, contact_type, affiliation, value) values ('H-3', 'BO-H', 'phone', 'sibling', '+16145550103')",
    );
    const call = { personId: "BO-H", contactId: "BO-H-E", direction: "outbound" };
    const recent = await insertLogged(pool, { ...call, startedAt: daysBefore(30) });
    await insertLogged(pool, { ...call, startedAt: daysBefore(40) });
    const third = await insertLogged(pool, {
      ...call,
      contactId: "H-3",
      startedAt: daysBefore(400),
      statusDetails: "voiceSpokeWithThirdParty",
      theme: "opsCollLocateBorrower",
    });
    const planned = await insertLogged(pool, {
      ...call,
      status: "scheduled",
      startedAt: null,
      scheduledAtFrom: daysBefore(-2),
    });
    const { history } = await factsOf(asked);
    expect(history.map(({ id }) => id)).toEqual([recent, third, planned]);
    expect(history[0]).toMatchObject({ at: daysBefore(30).getTime(), contactId: "BO-H-E" });
    expect(history[1]).toMatchObject({
      statusDetails: "voiceSpokeWithThirdParty",
      theme: "opsCollLocateBorrower",
    });
    expect(history[2]).toMatchObject({ at: daysBefore(-2).getTime(), status: "scheduled" });
  });

  test("leaves out the interaction itself, and the notices that are planned after it", async () => {
    const asked = await borrowerWithHistory("BO-R");
    const plan = (days: number): object => ({
      personId: "BO-R",
      scheduledAtFrom: daysBefore(days),
    });
    const before = await insertInteraction(pool, plan(2));
    const own = await insertInteraction(pool, plan(1));
    const sameTime = await insertInteraction(pool, plan(1));
    const after = await insertInteraction(pool, plan(0));
    const inProgress = await insertInteraction(pool, { ...plan(0), status: "inProgress" });
    const first = await factsOf({ ...asked, interactionId: own });
    expect(first.history.map(({ id }) => id)).toEqual([before, inProgress]);
    const second = await factsOf({ ...asked, interactionId: sameTime });
    expect(second.history.map(({ id }) => id)).toEqual([before, own, inProgress]);
    const notPlanned = await factsOf(asked);
    expect(notPlanned.history.map(({ id }) => id)).toEqual([
      before,
      own,
      sameTime,
      after,
      inProgress,
    ]);
  });

  test("has every inbound message with its words, and the answer to one", async () => {
    const asked = await borrowerWithHistory("BO-I");
    const inbound = { personId: "BO-I", direction: "inbound", contactId: "BO-I-E" };
    const text = await insertLogged(pool, {
      ...inbound,
      channel: "text",
      startedAt: daysBefore(400),
      content: { body: "STOP" },
    });
    const sealed = await insertLogged(pool, {
      ...inbound,
      channel: "email",
      startedAt: daysBefore(2),
      content: { sealed: { bodyText: "no words" } },
    });
    const chat = await insertLogged(pool, {
      ...inbound,
      channel: "chat",
      startedAt: daysBefore(1),
      content: { messages: [{ body: "Hello" }, { body: "stop calling" }] },
    });
    const answer = await insertLogged(pool, {
      personId: "BO-I",
      direction: "outbound",
      contactId: "BO-I-E",
      previousInteractionId: chat,
      startedAt: daysBefore(1),
    });
    const { inbound: said, history, contacts } = await factsOf(asked);
    expect(said.map(({ id, text: words }) => [id, words])).toEqual([
      [text, "STOP"],
      [sealed, undefined],
      [chat, "Hello\nstop calling"],
    ]);
    expect(history.find(({ id }) => id === answer)?.replyToInboundId).toBe(chat);
    expect(contacts["BO-I-E"]?.usedByBorrowerAt).toBe(daysBefore(1).getTime());
  });
});

test("a batch takes as many statements as one question", async () => {
  let statements = 0;
  const counted = db.withPlugin({
    transformQuery: ({ node }) => {
      statements += 1;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  const count = async (questions: readonly GuardQuestion[]): Promise<number> => {
    statements = 0;
    await loadGuardFacts(counted, questions, { at: AT, known: "now", country: "US" });
    return statements;
  };
  const one = await count([question()]);
  const many = Array.from({ length: 20 }, (_, place) =>
    question({
      key: String(place),
      borrowerId: parseBorrowerId(place % 2 === 0 ? "BO-1" : "BO-H"),
    }),
  );
  expect(await count(many)).toBe(one);
  expect(one).toBeGreaterThan(2);
});
