import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { canInteract } from "../../src/commands/can-interact/can-interact.ts";
import { inbox } from "../../src/commands/inbox.ts";
import { status } from "../../src/commands/status/status.ts";
import { chooseContact } from "../../src/decide/deliver/choose-contact.ts";
import type { Contact } from "../../src/domain/deliver/contact.ts";
import { type BorrowerId, type InteractionId, parseBorrowerId } from "../../src/domain/ids.ts";
import { type ArrivedInbound, createReplyIntake } from "../../src/reply-intake.ts";
import { createSeal } from "../../src/seal.ts";
import { loadDryRunFacts } from "../../src/store/dry-run/facts.ts";
import { applyConsent } from "../../src/store/replies/consent.ts";
import { createPolicyReader } from "../../src/store/guard/policy.ts";
import { runOn } from "../commands/run.ts";
import { useDatabase } from "../database.ts";
import { insertInteraction, insertLogged } from "../interactions.ts";
import { insertLender } from "../lender.ts";
import { textMessage } from "./text-message.ts";

const database = useDatabase();
const { pool, db } = database;
const seal = createSeal([Buffer.alloc(32, 3).toString("base64")]);
const emitted: string[] = [];
let now: Date;
const takeInbound = createReplyIntake({
  db,
  emit: (event, fields) => void emitted.push(JSON.stringify({ event, ...fields })),
  clock: () => now,
  seal,
  lender: { country: "US", timeZone: "America/New_York", languages: ["en"] },
  readPolicy: createPolicyReader(),
});

beforeAll(async () => {
  await insertLender(pool);
});
beforeEach(async () => {
  now = new Date("2026-12-01T15:00:00Z");
  emitted.length = 0;
  await pool.query(`
    delete from tidings.contacts where borrower_id = 'BO-2';
    update tidings.inbound_messages set is_open = false, handled_reason = 'test' where is_open;
    update tidings.contacts set opted_out_at = null, receive_text_messages = contact_type = 'phone'`);
});

async function contactOf(id: string, borrower = "BO-1"): Promise<Contact | undefined> {
  const borrowerId: BorrowerId = parseBorrowerId(borrower);
  const { people } = await loadDryRunFacts(db, [
    { caseTypeId: "bankruptcy", borrowerId, loanIds: [] },
  ]);
  return people.get(borrowerId)?.contacts.find((contact) => contact.id === id);
}

const lastInbound = async (): Promise<Record<string, unknown>> => {
  const { rows } = await pool.query<Record<string, unknown>>(
    `select i.id::text, i.theme, i.direction, i.status, i.status_details, i.person_id, i.contact_id,
       i.previous_interaction_id::text as answers, i.content, m.reading, m.suppresses, m.is_open
     from tidings.interactions i join tidings.inbound_messages m on m.interaction_id = i.id order by i.id desc limit 1`,
  );
  return rows[0] ?? {};
};

describe("a plain STOP", () => {
  test("closes the number at once, is linked to what it answers, and its words are sealed", async () => {
    const sent = { channel: "text", status: "attempted", direction: "outbound" };
    await insertInteraction(pool, { ...sent, contactId: "CT-PHONE" });
    const newest = await insertInteraction(pool, { ...sent, contactId: "CT-PHONE" });
    await insertInteraction(pool, { ...sent, contactId: "CT-OTHER" });

    expect(await takeInbound(textMessage("Stop"))).toBe(true);

    const inbound = await lastInbound();
    expect(inbound).toMatchObject({
      theme: "inbRequest",
      direction: "inbound",
      status: "succeeded",
      status_details: "textReceived",
      person_id: "BO-1",
      contact_id: "CT-PHONE",
      answers: newest,
      reading: "optOut",
      suppresses: false,
      is_open: false,
    });
    const owner = { interactionId: inbound["id"] as InteractionId, channel: "text" } as const;
    const content = inbound["content"] as Parameters<NonNullable<typeof seal>["unseal"]>[0];
    expect(content).not.toHaveProperty("body");
    expect(seal?.unseal(content, owner)).toMatchObject({ body: "Stop", from: "+16145550101" });
    expect(await contactOf("CT-PHONE")).toMatchObject({
      optedOutAt: expect.any(String) as string,
      receiveTextMessages: false,
    });
    expect(await contactOf("CT-EMAIL")).toMatchObject({ optedOutAt: null });
  });

  test("is accepted once, however often and at however many daemons it arrives", async () => {
    const message = textMessage("STOP");
    const other = createReplyIntake({
      db,
      emit: () => {},
      clock: systemClock,
      seal,
      lender: { country: "US", timeZone: "America/New_York", languages: ["en"] },
      readPolicy: createPolicyReader(),
    });

    const taken = await Promise.all([message, message, message].map((one) => takeInbound(one)));
    const again = await other(message);

    expect([...taken, again].filter(Boolean)).toHaveLength(1);
    const { rows } = await pool.query(
      "select from tidings.interactions where provider_message_id = $1",
      [message.providerMessageId],
    );
    expect(rows).toHaveLength(1);
  });

  test("waits for no lock of the core system on the borrower and the contact", async () => {
    const core = await pool.connect();
    try {
      await core.query("begin; select from tidings.borrowers where id = 'BO-1' for update");
      expect(await takeInbound(textMessage("STOP"))).toBe(true);
      await core.query("commit");
    } finally {
      core.release();
    }
    expect(await contactOf("CT-PHONE")).toMatchObject({ optedOutAt: expect.any(String) as string });
    // the next sweep writes it to the contact
    await applyConsent(db);
  });

  test("closes the number for joint borrowers, and only that number", async () => {
    await pool.query(`insert into tidings.contacts (id, borrower_id, contact_type, label, value, receive_text_messages) values
      ('CT-SAM', 'BO-2', 'phone', 'personal', '(614) 555-0101', true),
      ('CT-NEAR', 'BO-2', 'phone', 'home', '+1 212 555 0101', true)`);

    await takeInbound(textMessage("stop all"));

    expect(await contactOf("CT-SAM", "BO-2")).toMatchObject({
      optedOutAt: expect.any(String) as string,
    });
    expect(await contactOf("CT-NEAR", "BO-2")).toMatchObject({ optedOutAt: null });
  });

  test("is taken back by START for that number only", async () => {
    await takeInbound(textMessage("STOP"));
    await takeInbound(textMessage("START"));

    expect(await contactOf("CT-PHONE")).toMatchObject({
      optedOutAt: null,
      receiveTextMessages: true,
    });
    expect(await lastInbound()).toMatchObject({ reading: "optIn", is_open: false });
  });

  test("from the day of the policy on closes every number and address of the borrower", async () => {
    now = new Date("2027-01-31T05:00:00Z");

    await takeInbound(textMessage("STOP"));

    expect(await contactOf("CT-EMAIL")).toMatchObject({ optedOutAt: expect.any(String) as string });
  });

  test("one minute before that day closes its number only", async () => {
    now = new Date("2027-01-31T04:59:00Z");

    await takeInbound(textMessage("STOP"));

    expect(await contactOf("CT-EMAIL")).toMatchObject({ optedOutAt: null });
  });

  test("of somebody unknown is kept and left to a person", async () => {
    await takeInbound(textMessage("STOP", { from: "+12125550199" }));

    expect(await lastInbound()).toMatchObject({
      person_id: null,
      reading: "optOut",
      is_open: true,
    });
  });
});

test("a refusal of all contact closes every number and address, and a person looks at it", async () => {
  await takeInbound(textMessage("Stop contacting me"));

  expect(await contactOf("CT-EMAIL")).toMatchObject({ optedOutAt: expect.any(String) as string });
  expect(await lastInbound()).toMatchObject({ reading: "refuseAll", is_open: true });
});

describe("unclear words", () => {
  test("are never guessed: nothing is recorded, and no text is sent until a person has read them", async () => {
    await takeInbound(textMessage("can you stop by the office tomorrow?"));

    expect(await lastInbound()).toMatchObject({
      theme: "inbUnknown",
      reading: "unclear",
      suppresses: true,
      is_open: true,
    });
    const contact = await contactOf("CT-PHONE");
    expect(contact).toMatchObject({ optedOutAt: null, replyUnread: true });
    expect(chooseContact("text", [contact as Contact], "US")).toMatchObject({
      kind: "none",
      untilRead: true,
    });
  });

  test("a program's words are no reply of a person", async () => {
    await takeInbound(textMessage("I'm driving with Do Not Disturb While Driving turned on."));

    expect(await lastInbound()).toMatchObject({ reading: "automatic", is_open: false });
    expect(await contactOf("CT-PHONE")).toMatchObject({ optedOutAt: null, replyUnread: false });
  });

  test("empty and huge texts are kept and change nothing", async () => {
    await takeInbound(textMessage(""));
    await takeInbound(textMessage("x".repeat(1_600)));

    expect(await contactOf("CT-PHONE")).toMatchObject({ optedOutAt: null });
  });
});

describe("an email", () => {
  const email = (text: string, rest: Partial<ArrivedInbound> = {}): ArrivedInbound =>
    textMessage(text, {
      channel: "email",
      provider: "mailbox",
      from: "PAT@example.com",
      subject: "Re: About your case",
      ...rest,
    });

  test("with STOP above our own words closes the address", async () => {
    await takeInbound(
      email("STOP\n\nOn Monday Example Lender wrote:\n> reply with the word START"),
    );

    expect(await contactOf("CT-EMAIL")).toMatchObject({ optedOutAt: expect.any(String) as string });
    expect(await contactOf("CT-PHONE")).toMatchObject({ optedOutAt: null });
  });

  test("from a program is neither consent nor refusal, whatever it says", async () => {
    const headers = [{ key: "auto-submitted", value: "auto-replied" }];
    await takeInbound(email("STOP writing to me, I am on vacation", { headers }));

    expect(await lastInbound()).toMatchObject({ reading: "automatic", is_open: false });
    expect(await contactOf("CT-EMAIL")).toMatchObject({ optedOutAt: null });
  });
});

describe("the guard reads a sealed reply as it was read when it came", () => {
  // the command judges now, and a reply that comes later does not count
  beforeEach(() => void (now = new Date()));

  /** The verdict of the guard about a text to the number, whatever the columns of the contact say. */
  async function verdict(): Promise<unknown> {
    await pool.query(
      "update tidings.contacts set opted_out_at = null, receive_text_messages = true where id = 'CT-PHONE'",
    );
    const words = ["--borrower", "BO-1", "--channel", "text", "--contact", "CT-PHONE", "--json"];
    const { output } = await runOn(database, canInteract, ...words);
    const { result, log } = JSON.parse(output) as {
      readonly result: string;
      readonly log: readonly { readonly ruleId: string }[];
    };
    const ofReplies = log.filter(({ ruleId }) => ruleId === "optout.revoked");
    return [result, ...ofReplies.map(({ ruleId }) => ruleId)].join(" ");
  }

  test("STOP refuses, START takes it back, and unclear words hold until a person has read them", async () => {
    await takeInbound(textMessage("START"));
    const open = await verdict();
    expect(open).not.toContain("optout");

    await takeInbound(textMessage("STOP"));
    expect(await verdict()).toBe("refuse optout.revoked");
    await takeInbound(textMessage("START"));
    expect(await verdict()).toBe(open);
    await takeInbound(textMessage("can you stop by tomorrow?"));
    expect(await verdict()).toBe("hold optout.revoked");
    const id = String((await lastInbound())["id"]);
    await runInbox([id, "--reason", "She means a visit", "--by", "kim"]);
    expect(await verdict()).toBe(open);
  });

  test("an opt-out that a person has found in it refuses", async () => {
    await takeInbound(textMessage("START"));
    await takeInbound(textMessage("not interested"));
    const id = String((await lastInbound())["id"]);
    await runInbox([id, "--reason", "No more texts", "--opt-out", "--by", "kim"]);
    expect(await verdict()).toBe("refuse optout.revoked");
    await takeInbound(textMessage("START"));
  });
});

test("no event contains a number, an address or a word of the borrower", async () => {
  await takeInbound(textMessage("please stop, my name is Zebra"));
  await takeInbound(textMessage("STOP", { from: "+12125550199" }));

  expect(emitted.join("\n")).toContain("reply.received");
  expect(emitted.join("\n")).not.toMatch(/5550|zebra|please/iu);
});

describe("tidings inbox", () => {
  test("lists what waits without its words, and a person closes it once, on record", async () => {
    await takeInbound(textMessage("Zebra, wrong number?"));
    const id = String((await lastInbound())["id"]);
    const listed = await runInbox([]);
    const json = JSON.parse((await runInbox(["--json"])).output) as { replies: object[] };

    expect(listed.output).toContain(`${id} `);
    expect(listed.output).not.toContain("Zebra");
    expect(json.replies).toMatchObject([{ interactionId: id, reading: "unclear" }]);
    const done = await runInbox([id, "--reason", "She called: it is her number", "--by", "kim"]);
    expect(done).toMatchObject({ code: 0, output: `Reply ${id} is handled.` });
    const again = await runInbox([id, "--reason", "Twice", "--by", "kim"]);
    expect(again.output).toContain("nothing was changed");
    const { rows } = await pool.query(
      "select handled_by, handled_reason, handled_at is not null as dated from tidings.inbound_messages where interaction_id = $1",
      [id],
    );
    expect(rows).toEqual([
      { handled_by: "operator:kim", handled_reason: "She called: it is her number", dated: true },
    ]);
    expect(await contactOf("CT-PHONE")).toMatchObject({ optedOutAt: null, replyUnread: false });
  });

  test("records that a reply was an opt-out", async () => {
    await takeInbound(textMessage("not interested"));
    const id = String((await lastInbound())["id"]);

    const { output } = await runInbox([
      id,
      "--reason",
      "No more texts",
      "--opt-out",
      "--by",
      "kim",
    ]);

    expect(output).toBe(`Reply ${id} is handled. 1 contact opted out.`);
    expect(await contactOf("CT-PHONE")).toMatchObject({ optedOutAt: expect.any(String) as string });
  });

  test.each([
    [[], 0, "No reply waits for a person."],
    [["999999999", "--reason", "x", "--by", "kim"], 3, "no reply that waits"],
  ])("%j ends with %d: %s", async (words, code, said) => {
    expect(await runInbox(words)).toMatchObject({ code, output: expect.stringContaining(said) });
  });

  test("does not close what another system has logged", async () => {
    const id = await insertLogged(pool);
    expect((await runInbox([id, "--reason", "x", "--by", "kim"])).output).toContain("no reply");
  });
});

const runInbox = (words: readonly string[]) => runOn(database, inbox, ...words);

test("the status asks a person to read what is unclear, and only that", async () => {
  await takeInbound(textMessage("STOP"));
  expect((await runOn(database, status)).output).not.toContain("UNREAD");
  await takeInbound(textMessage("please do something about this"));
  const { code, output } = await runOn(database, status);
  expect(code).toBe(1);
  expect(output).toMatch(/UNREAD: 1 reply, the oldest for .*`tidings inbox` lists them\./);
  expect(output).toMatch(/NEEDS A PERSON: .*1 reply to read/);
});
