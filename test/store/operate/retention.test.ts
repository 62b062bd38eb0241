import { beforeEach, describe, expect, test } from "vitest";
import { erase } from "../../../src/commands/erase.ts";
import { legalHold } from "../../../src/commands/legal-hold.ts";
import { retention } from "../../../src/commands/retention.ts";
import { verify } from "../../../src/commands/verify/verify.ts";
import type { BorrowerId, InteractionId } from "../../../src/domain/ids.ts";
import { createEraser } from "../../../src/record/retention.ts";
import { loadInteractions } from "../../../src/store/guard/interactions.ts";
import { eraseOnRequest } from "../../../src/store/operate/erasing.ts";
import { planConfirmation } from "../../../src/store/replies/confirmations.ts";
import { runOn } from "../../commands/run.ts";
import { rewriteRecord, useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { insertInteraction, insertLogged, type InteractionFields } from "../../interactions.ts";
import { insertLender, insertType } from "../../lender.ts";
import { growTree } from "../../tree.ts";

const database = useDatabase();
const { pool, db } = database;

const REASON = ["--reason", "The borrower asked for it."] as const;
const eraseAll = (borrower: string) =>
  runOn(database, erase, "--borrower", borrower, "--yes", ...REASON);
const hold = (...words: readonly string[]) => runOn(database, legalHold, ...words, ...REASON);
const setYears = (recordClass: string, years: string) =>
  runOn(database, retention, "--class", recordClass, "--years", years, ...REASON);

let borrowers = 0;
let borrower: string;

beforeEach(async () => {
  if (borrowers === 0) {
    await insertLender(pool);
    await insertType(pool, { id: 1 });
  }
  borrower = `BO-R${(borrowers += 1)}`;
  await pool.query("insert into tidings.borrowers (id, name) values ($1, '{}')", [borrower]);
});

const CONTENT = {
  content: { to: "zebra@example.com", bodyText: "Zebra" },
  contact: { contactType: "email", label: "home", status: "primary", value: "zebra@example.com" },
  borrower: { name: { firstName: "Zebra" } },
  metaData: { note: "Zebra" },
};
/** A notice that was sent, to which the lender has added notes. */
async function insertSent(fields: InteractionFields = {}): Promise<InteractionId> {
  const { metaData, ...sent } = CONTENT;
  const id = await insertInteraction(pool, {
    personId: borrower,
    status: "succeeded",
    statusDetails: "emailDelivered",
    contactId: "CT-EMAIL",
    caseId: "CS-1",
    templateId: 1,
    templateVersion: 1,
    ...sent,
    ...fields,
  });
  await pool.query("update tidings.interactions set meta_data = $2 where id = $1", [id, metaData]);
  return id;
}
const insertOld = (fields: InteractionFields = {}): Promise<InteractionId> =>
  insertSent({ createdAt: "2019-01-01T00:00:00Z", ...fields });

/** A report of the provider, whose further fields have an address. */
const insertReceipt = (id: InteractionId) =>
  pool.query(
    `insert into tidings.receipts (provider, interaction_id, raw_status, payload) values ('smtp', $1, 'delivered', '{"to": "zebra@example.com"}')`,
    [id],
  );

/** A text of the borrower, which is an opt-out. */
async function insertReply({ isOpen }: { readonly isOpen: boolean }): Promise<string> {
  const id = await insertLogged(pool, { personId: borrower, ...CONTENT });
  await pool.query(
    `insert into tidings.inbound_messages (interaction_id, provider, provider_message_id, contact_ids, reading, suppresses, is_open)
     values ($1, 'twilio', $2, '{}', 'optOut', false, $3)`,
    [id, `SM-${id}`, isOpen],
  );
  return id;
}

/** Everything that the record has of an interaction, but the erasures. */
async function recordOf(id: string): Promise<string> {
  const { rows } = await pool.query<{ record: string }>(
    `select concat(to_jsonb(i), (select jsonb_agg(to_jsonb(h)) from tidings.record_changes h where h.row_id = $1::text),
       (select jsonb_agg(to_jsonb(r)) from tidings.receipts r where r.interaction_id = $1::bigint)) as record
     from tidings.interactions i where i.id = $1::bigint`,
    [id],
  );
  return rows[0]?.record ?? "";
}

const verified = async (): Promise<{ flaws: number; erased: number; listed: object[] }> =>
  JSON.parse((await runOn(database, verify, "--json")).output) as never;

/** Runs a round of the daemon at this hour of New York. */
async function nightAt(hour: string): Promise<object[]> {
  const events: object[] = [];
  const deps = depsOn(database, {
    clock: () => new Date(`2031-01-15T${hour}:00:00-05:00`),
    emit: (event, fields) => void events.push({ event, ...fields }),
  });
  await createEraser(deps)();
  return events;
}

/** Lets the next round begin another pass, as on the next day. */
const nextDay = () => pool.query("update tidings.retention_state set pass_ended_on = null");

describe("erasing on request", () => {
  test("removes content, address, borrower and notes, also from the history, and keeps the metadata", async () => {
    const sent = await insertSent();
    await insertReceipt(sent);
    const logged = await insertLogged(pool, { personId: borrower, ...CONTENT });
    await pool.query(
      `update tidings.interactions set content = '{"bodyText": "Zebra again"}' where id = $1`,
      [logged],
    );
    const { code, output } = await eraseAll(borrower);
    expect(output).toBe("Erased the content of 2 interactions.");
    expect(code).toBe(0);
    for (const id of [sent, logged]) expect(await recordOf(id)).not.toMatch(/zebra/i);
    const { rows } = await pool.query<object>(
      "select status, contact_id, contact, case_id from tidings.interactions where id = $1",
      [sent],
    );
    expect(rows).toEqual([
      {
        status: "succeeded",
        contact_id: "CT-EMAIL",
        contact: { contactType: "email", label: "home", status: "primary" },
        case_id: "CS-1",
      },
    ]);
    const { rows: erasures } = await pool.query<object>(
      "select cause, reason, erased_by from tidings.erasures where interaction_id = $1",
      [sent],
    );
    expect(erasures).toEqual([
      { cause: "request", reason: "The borrower asked for it.", erased_by: "operator:kim" },
    ]);
  });

  test("needs --yes, and somebody about whom something is on record", async () => {
    await insertSent();
    const { code, output } = await runOn(database, erase, "--borrower", borrower, ...REASON);
    expect([code, output]).toEqual([
      4,
      "To be erased: the content of 1 interaction.\nNothing was erased. Erasing cannot be undone: repeat the command with --yes.",
    ]);
    await expect(eraseAll("BO-NONE")).rejects.toThrow("NOT_FOUND: there is no borrower BO-NONE");
  });

  test("counts before it erases what a legal hold keeps", async () => {
    await insertSent();
    await insertSent({ caseId: "CS-2" });
    await hold("--case", "CS-2");
    const { code, output } = await runOn(database, erase, "--borrower", borrower, ...REASON);
    await hold("--case", "CS-2", "--end");
    expect([code, output]).toEqual([
      4,
      "To be erased: the content of 1 interaction.\n1 interaction to be kept: 1 under a legal hold.\nNothing was erased. Erasing cannot be undone: repeat the command with --yes.",
    ]);
  });

  test("continues where it was interrupted", async () => {
    const first = await insertSent();
    for (let sent = 1; sent < 3; sent += 1) await insertSent();
    await eraseOnRequest(db, "interactions", [first], "Asked");
    expect((await eraseAll(borrower)).output).toBe("Erased the content of 2 interactions.");
    await expect(eraseAll(borrower)).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("nothing is erased", () => {
  const refused = async (): Promise<string> => {
    const { code, output } = await eraseAll(borrower);
    expect(code).toBe(4);
    return output.replaceAll(/\s+/g, " ");
  };
  const constraintOf = async (id: string, cause = "request"): Promise<unknown> =>
    pool.query("select tidings.erase_interactions(array[$1::bigint], $2, 'x')", [id, cause]).then(
      () => null,
      (error: { constraint?: string }) => error.constraint,
    );

  test.each<[string, InteractionFields]>([
    ["is scheduled", { status: "scheduled", statusDetails: null }],
    ["is in progress", { status: "inProgress", statusDetails: null }],
    ["has an unknown outcome", { status: "attempted", statusDetails: "emailOutcomeUnknown" }],
  ])("of a notice whose last attempt %s", async (_what, last) => {
    const first = await insertSent({
      status: "failed",
      statusDetails: "emailFailed",
      failureDescriptionShort: "x",
      failureDescriptionLong: "x",
    });
    await insertSent({
      previousInteractionId: first,
      firstInteractionId: first,
      attempt: 2,
      ...last,
    });
    expect(await refused()).toContain("2 interactions kept: 2 of an open notice.");
    expect(await constraintOf(first)).toBe("erasures_wait_for_open_notices");
    expect(await recordOf(first)).toMatch(/zebra/i);
  });

  test("of a reply that a person has not read, or whose confirmation is not sent", async () => {
    const unread = await insertReply({ isOpen: true });
    expect(await refused()).toContain("1 interaction kept: 1 of an open notice.");
    expect(await constraintOf(unread)).toBe("erasures_wait_for_open_notices");
    const confirmed = await insertReply({ isOpen: false });
    const template = {
      id: 1,
      version: 1,
      language: "en",
      subject: null,
      sensitive: false,
      isTransactional: true,
      theme: null,
    };
    const now = new Date();
    const confirmation = await planConfirmation(db, {
      replyId: confirmed as InteractionId,
      template,
      explanation: { borrowerLanguage: "en", language: "en", why: "borrowerLanguage" },
      dueAt: now,
      latestAt: now,
    });
    expect(await constraintOf(confirmed)).toBe("erasures_wait_for_open_notices");
    expect(await recordOf(confirmed)).toMatch(/zebra/i);
    await pool.query(
      "update tidings.interactions set status = 'canceled', failure_description_short = 'x', failure_description_long = 'x' where id = $1",
      [confirmation],
    );
    await pool.query(
      "update tidings.inbound_messages set is_open = false, handled_reason = 'read' where interaction_id = $1",
      [unread],
    );
    expect((await eraseAll(borrower)).code).toBe(0);
    for (const id of [unread, confirmed]) expect(await recordOf(id)).not.toMatch(/zebra/i);
  });

  test.each([
    ["a borrower", (): string[] => ["--borrower", borrower]],
    ["a case", (): string[] => ["--case", `CS-${borrower}`]],
  ])("of %s under a legal hold, until it is ended on record", async (_what, of) => {
    const id = await insertSent({ caseId: `CS-${borrower}` });
    expect((await hold(...of())).output).toContain("is under a legal hold.");
    const again = await hold(...of(), "--json");
    expect(again.code).toBe(4);
    expect(JSON.parse(again.output)).toMatchObject({ isHeld: true, isChanged: false });
    expect((await runOn(database, legalHold)).output).toContain("held by operator:kim since");
    expect(await refused()).toContain("1 under a legal hold");
    expect(await constraintOf(id)).toBe("erasures_spare_legal_holds");
    expect((await hold(...of(), "--end")).code).toBe(0);
    expect((await eraseAll(borrower)).code).toBe(0);
    const { rows } = await pool.query<{ changes: number }>(
      `select count(*)::int as changes from tidings.record_changes h where h.table_name = 'legal_holds'
         and h.row_id = (select max(id)::text from tidings.legal_holds)`,
    );
    expect(rows).toEqual([{ changes: 2 }]);
  });

  test("of an inbound message that the guard reads, so that a refusal stays in force", async () => {
    const logged = { personId: borrower, channel: "email", direction: "inbound" } as const;
    const said = (content: object): Promise<string> =>
      insertLogged(pool, { ...CONTENT, ...logged, content, createdAt: "2019-01-01T00:00:00Z" });
    const refusal = await said({ bodyText: "Zebra asks you to stop all contact." });
    const sealed = await said({ sealed: { keyId: "k" }, note: "zebra" });
    const idle = await said({ bodyText: "Zebra says thanks." });
    await pool.query(
      `insert into tidings.inbound_messages (interaction_id, provider, provider_message_id, contact_ids, reading, suppresses, is_open)
       values ($1, 'smtp', 'thanks', '{}', 'none', false, false)`,
      [idle],
    );
    const facts = async (): Promise<unknown> => {
      const wanted = {
        borrowerIds: [borrower as BorrowerId],
        thirdPersons: [],
        at: new Date(),
        knownAt: null,
      };
      return (await loadInteractions(db, wanted)).find(({ id }) => id === refusal)?.words;
    };
    const before = await facts();
    expect(await refused()).toContain("1 interaction kept");
    expect(await constraintOf(refusal)).toBe("erasures_spare_words_that_count");
    await setYears("content", "1");
    await nextDay();
    await nightAt("02");
    await setYears("content", "off");
    expect(await facts()).toBe(before);
    for (const id of [sealed, idle]) expect(await recordOf(id)).not.toMatch(/zebra/i);
  });

  test("by retention that is younger than its class", async () => {
    await setYears("content", "7");
    expect(await constraintOf(await insertSent(), "retention")).toBe(
      "erasures_by_retention_are_of_old_content",
    );
    await setYears("content", "off");
    expect(await constraintOf(await insertOld(), "retention")).toBe(
      "erasures_by_retention_are_of_old_content",
    );
  });

  test("without an entry: content cannot be set to null, and an entry is neither changed nor deleted", async () => {
    const id = await insertSent();
    await expect(
      pool.query("update tidings.interactions set content = null where id = $1", [id]),
    ).rejects.toMatchObject({ constraint: "interactions_keep_their_content" });
    await eraseAll(borrower);
    for (const statement of [
      "update tidings.erasures set reason = 'x'",
      "delete from tidings.erasures",
    ])
      await expect(pool.query(statement)).rejects.toMatchObject({
        constraint: "erasures_are_history",
      });
    await expect(
      pool.query(`update tidings.interactions set content = '{"bodyText": "x"}' where id = $1`, [
        id,
      ]),
    ).rejects.toMatchObject({ constraint: "interactions_keep_their_content" });
  });
});

test("the further fields of a receipt are kept while its interaction is not erased", async () => {
  const sent = await insertSent();
  await insertReceipt(sent);
  await expect(
    pool.query("update tidings.receipts set payload = null where interaction_id = $1", [sent]),
  ).rejects.toMatchObject({ constraint: "receipts_are_history" });
});

describe("the record tree", () => {
  test("reports erased rows as erased, and a row that was altered afterwards as altered", async () => {
    const sent = await insertSent();
    await insertReceipt(sent);
    const logged = await insertLogged(pool, { personId: borrower, ...CONTENT });
    await pool.query("update tidings.interactions set content = null where id = $1", [logged]);
    await growTree(database);
    const before = await verified();
    expect(before.listed).toEqual([]);
    await eraseAll(borrower);
    await growTree(database);
    expect(await verified()).toMatchObject({ listed: [], erased: before.erased + 5 });
    await rewriteRecord(pool, "update tidings.interactions set provider = 'x' where id = $1", [
      sent,
    ]);
    expect((await verified()).listed).toEqual([
      expect.objectContaining({ kind: "rowAltered", source: "interactions" }),
    ]);
    await rewriteRecord(pool, "update tidings.interactions set provider = null where id = $1", [
      sent,
    ]);
    await rewriteRecord(pool, "delete from tidings.erasures where interaction_id = $1", [sent]);
    expect((await verified()).flaws).toBe(4);
    await rewriteRecord(
      pool,
      "truncate tidings.tree_leaves, tidings.tree_heads; update tidings.tree_state set size = 0, frontier = '', swept = '{}'",
    );
  });
});

describe("retention", () => {
  test("is off until a class has years, and erases old content at night only", async () => {
    await nextDay();
    const [old, young] = [await insertOld(), await insertSent()];
    expect(await nightAt("02")).toEqual([]);
    await setYears("content", "7");
    expect(await nightAt("12")).toEqual([]);
    expect(await recordOf(old)).toMatch(/zebra/i);
    expect(await nightAt("02")).toEqual([
      expect.objectContaining({ event: "retention.contentErased", kept: 0 }),
    ]);
    expect(await recordOf(old)).not.toMatch(/zebra/i);
    expect(await recordOf(young)).toMatch(/zebra/i);
    expect(await nightAt("02")).toEqual([]);
    const { rows } = await pool.query<object>(
      "select cause, reason from tidings.erasures where interaction_id = $1",
      [old],
    );
    expect(rows).toEqual([{ cause: "retention", reason: "It is older than 7 years." }]);
  });

  test("leaves what is held, counts it, and erases it in a later night when the hold has ended", async () => {
    const held = await insertOld();
    const other = borrower;
    borrower = `${other}-B`;
    await pool.query("insert into tidings.borrowers (id, name) values ($1, '{}')", [borrower]);
    const free = await insertOld();
    await hold("--borrower", other);
    await nextDay();
    expect(await nightAt("03")).toEqual([expect.objectContaining({ kept: 1 })]);
    expect(await recordOf(held)).toMatch(/zebra/i);
    expect(await recordOf(free)).not.toMatch(/zebra/i);
    const { output } = await runOn(database, retention);
    expect(output.replaceAll(/\s+/g, " ")).toMatch(
      /content: kept for 7 years\. .* Older and kept: 2 interactions\. 0 of an open notice, 1 under a legal hold, 1 that the guard reads\./,
    );
    await hold("--borrower", other, "--end");
    await nextDay();
    await nightAt("03");
    expect(await recordOf(held)).not.toMatch(/zebra/i);
  });

  test("is set with a reason, on record, and never keeps the metadata shorter than the content", async () => {
    await setYears("content", "7");
    const refusedYears = await setYears("metadata", "5");
    expect(refusedYears.code).toBe(4);
    expect(refusedYears.output).toContain("retention_classes_content_goes_first");
    await setYears("metadata", "10");
    const { output } = await runOn(database, retention, "--json");
    expect(JSON.parse(output)).toMatchObject([
      { recordClass: "content", years: 7, setBy: "operator:kim" },
      { recordClass: "metadata", years: 10 },
    ]);
    await expect(setYears("letters", "5")).rejects.toThrow("--class must be one of");
    const { rowCount } = await pool.query(
      "select from tidings.record_changes where table_name = 'retention_classes' and row_id = 'metadata'",
    );
    expect(rowCount).toBe(1);
  });
});

test("two requests at once erase each row once", async () => {
  const ids = [
    await insertLogged(pool, { personId: borrower, content: { bodyText: "Zebra" } }),
    await insertLogged(pool, { personId: borrower, content: { bodyText: "Zebra" } }),
  ];
  const request = () => eraseOnRequest(db, "interactions", ids, "The borrower asked for it.");
  const batches = await Promise.all([request(), request()]);
  expect(new Set(batches.map(({ erased }) => erased))).toEqual(new Set([0, 2]));
});
