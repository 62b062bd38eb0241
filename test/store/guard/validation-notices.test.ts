import { hash } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { judgeBatch } from "../../../src/decide/deliver/judge-batch.ts";
import { builtInPolicy } from "../../../src/decide/guard/policy/policy.ts";
import type { WholeFacts } from "../../../src/domain/guard/facts.ts";
import type { GuardMoment, GuardQuestion } from "../../../src/domain/guard/question.ts";
import { type InteractionId, parseBorrowerId } from "../../../src/domain/ids.ts";
import { loadGuardFacts } from "../../../src/store/guard/guard-facts.ts";
import type { Db } from "../../../src/store/postgres/db.ts";
import { timeBetweenWrites, useDatabase } from "../../database.ts";
import { insertInteraction, insertLogged, type InteractionFields } from "../../interactions.ts";
import { insertLender } from "../../lender.ts";

const { pool, db } = useDatabase();

const SENT_AT = "2026-11-20T15:00:00Z";
const NOTICE = {
  status: "attempted",
  statusDetails: "emailSent",
  direction: "outbound",
  theme: "opsLoanValidationOfDebtNotice",
  startedAt: SENT_AT,
} as const;

beforeAll(async () => {
  await insertLender(pool);
  await pool.query(`
    insert into tidings.templates (id, version, channel, subject_template, text_template, declares)
    values (5, 1, 'email', 'x', 'x', '{replyStop,validationB1}')`);
});

/** A borrower with a loan that is collected for another party, both of this id. */
async function insertDebtor(id: string, role = "debtCollector"): Promise<void> {
  await pool.query("insert into tidings.borrowers (id) values ($1)", [id]);
  await pool.query(
    "insert into tidings.contacts (id, borrower_id, contact_type, value) values ($1, $1, 'email', 'a@example.com')",
    [id],
  );
  await pool.query(
    "insert into tidings.loans (id, borrower_id, collector_role) values ($1, $1, $2)",
    [id, role],
  );
}

const questionOf = (id: string, loanId = id): GuardQuestion => ({
  key: id,
  borrowerId: parseBorrowerId(id),
  interactionId: null,
  message: { channel: "email", contactId: id, loanIds: [loanId] },
});

async function factsOf(
  id: string,
  moment: Pick<GuardMoment, "at" | "known"> = { at: new Date(), known: "now" },
  on: Db = db,
): Promise<WholeFacts> {
  const read = (await loadGuardFacts(on, [questionOf(id)], { ...moment, country: "US" })).get(id);
  if (read?.kind !== "facts") throw new Error(JSON.stringify(read));
  return read;
}

const noticesOf = async (id: string): Promise<unknown> =>
  (await factsOf(id)).validationNotices ?? [];

/** Inserts a notice of a borrower about the loan of the same id. */
const insertNotice = (id: string, fields: InteractionFields = {}): Promise<InteractionId> =>
  insertInteraction(pool, { ...NOTICE, personId: id, loanIds: [id], ...fields });

const amend = (id: InteractionId, kind: string, status: string): Promise<unknown> =>
  pool.query(
    "insert into tidings.amendments (interaction_id, kind, status, reason, evidence) values ($1, $2, $3, 'a test', 'a test')",
    [id, kind, status],
  );

describe("a validation notice", () => {
  const COUNTED: readonly (readonly [string, InteractionFields])[] = [
    ["that was sent", {}],
    ["that was delivered", { status: "succeeded", statusDetails: "emailDelivered" }],
    [
      "of a template that declares the form",
      { theme: "opsCollDebt", templateId: 5, templateVersion: 1 },
    ],
  ];
  test.each(COUNTED)("%s counts", async (name, fields) => {
    await insertDebtor(name);
    await insertNotice(name, fields);
    expect(await noticesOf(name)).toEqual([{ loanId: name, sentAt: Date.parse(SENT_AT) }]);
  });

  test("that another system has logged counts", async () => {
    await insertDebtor("LETTER");
    const letter = { ...NOTICE, channel: "mail", statusDetails: "mailSent", personId: "LETTER" };
    await insertLogged(pool, { ...letter, loanId: "LETTER" });
    expect(await noticesOf("LETTER")).toEqual([{ loanId: "LETTER", sentAt: Date.parse(SENT_AT) }]);
  });

  const NOT_COUNTED: readonly (readonly [string, InteractionFields])[] = [
    ["that is planned", { status: "scheduled", statusDetails: null }],
    ["that bounced", { status: "failed", statusDetails: "emailBounced" }],
    ["whose outcome is unknown", { statusDetails: "emailOutcomeUnknown" }],
    ["of another theme", { theme: "opsServicingVerificationOfDebt" }],
    ["about another loan", { loanIds: ["LN-1"] }],
    ["to another borrower", { personId: "BO-1" }],
    ["of the borrower", { direction: "inbound" }],
    ["by voice", { channel: "voice", statusDetails: "voiceSpokeWithFirstParty" }],
    ["that was deleted", { deletedAt: SENT_AT }],
  ];
  test.each(NOT_COUNTED)("%s does not count", async (name, fields) => {
    await insertDebtor(name);
    await insertNotice(name, fields);
    expect(await noticesOf(name)).toEqual([]);
  });

  test("counts by the outcome that an amendment states", async () => {
    await insertDebtor("LOST");
    await insertDebtor("FOUND");
    const lost = await insertNotice("LOST");
    await amend(lost, "lostByCarrier", "failed");
    const found = await insertNotice("FOUND");
    await pool.query(
      `update tidings.interactions set status = 'failed', status_details = 'emailBounced',
         failure_description_short = 'x', failure_description_long = 'x' where id = $1`,
      [found],
    );
    await pool.query(
      "insert into tidings.receipts (provider, interaction_id, raw_status) values ('smtp', $1, 'failed')",
      [found],
    );
    expect([await noticesOf("LOST"), await noticesOf("FOUND")]).toEqual([[], []]);
    await amend(found, "receiptWrong", "attempted");
    expect(await noticesOf("FOUND")).toHaveLength(1);
    // a later transition ends the amendment
    await pool.query(
      "update tidings.interactions set status = 'succeeded', status_details = 'emailDelivered' where id = $1",
      [lost],
    );
    expect(await noticesOf("LOST")).toHaveLength(1);
  });
});

test("counts only for the borrower to whom it was sent", async () => {
  await insertDebtor("ONE");
  await insertDebtor("TWO");
  await insertNotice("ONE");
  const questions = ["ONE", "TWO"].map((id) => questionOf(id, "ONE"));
  const read = await loadGuardFacts(db, questions, { at: new Date(), known: "now", country: "US" });
  expect(read.get("ONE")).toMatchObject({ validationNotices: [{ loanId: "ONE" }] });
  expect(read.get("TWO")).not.toHaveProperty("validationNotices");
});

/** A handle of the database that counts the statements about validation notices. */
function counting(): { on: Db; count: () => number } {
  let statements = 0;
  const on = db.withPlugin({
    transformQuery: ({ node }) => {
      if (JSON.stringify(node).includes("validationB1")) statements += 1;
      return node;
    },
    transformResult: ({ result }) => Promise.resolve(result),
  });
  return { on, count: () => statements };
}

test("is read only for loans of a debt collector whose period is not stated", async () => {
  await insertDebtor("CREDITOR", "creditor");
  await insertDebtor("STATED");
  await insertDebtor("OPEN");
  await pool.query(
    "update tidings.loans set validation_period_ends_on = '2026-12-24' where id = 'STATED'",
  );
  const { on, count } = counting();
  const now = { at: new Date(), known: "now" } as const;
  for (const id of ["CREDITOR", "STATED", "OPEN"]) await insertNotice(id);
  for (const id of ["CREDITOR", "STATED"])
    expect((await factsOf(id, now, on)).validationNotices).toBeUndefined();
  expect(count()).toBe(0);
  await factsOf("OPEN", now, on);
  expect(count()).toBe(1);
});

/** The end of the validation period, and the hash of the facts that a judgement keeps. */
function judged(read: WholeFacts, id: string): readonly [string | undefined, string] {
  const batch = [{ interactionId: "1" as InteractionId, borrowerId: parseBorrowerId(id), read }];
  const [one] = judgeBatch(batch, builtInPolicy(), Date.parse("2026-12-01T15:00:00Z"));
  if (one?.kind !== "judged") throw new Error(JSON.stringify(one));
  const endsOn = one.facts.loans[id]?.validationPeriodEndsOn;
  const day = endsOn === undefined ? undefined : new Date(endsOn * 86_400_000).toISOString();
  return [day?.slice(0, 10), hash("sha256", JSON.stringify(one.facts), "hex")];
}

test("a judgement can be repeated with the notices that were known at its time", async () => {
  await insertDebtor("PAST");
  const before = await timeBetweenWrites(pool);
  const first = await insertNotice("PAST");
  const sent = await timeBetweenWrites(pool);
  const atFirst = judged(await factsOf("PAST", { at: sent, known: "now" }), "PAST");
  expect(atFirst[0]).toBe("2026-12-30");

  await amend(first, "lostByCarrier", "failed");
  const lost = await timeBetweenWrites(pool);
  expect(judged(await factsOf("PAST", { at: lost, known: "now" }), "PAST")[0]).toBeUndefined();
  await insertNotice("PAST", { startedAt: "2026-11-23T15:00:00Z" });
  const again = judged(await factsOf("PAST", { at: lost, known: "now" }), "PAST");
  expect(again[0]).toBe("2026-12-31");

  const then = async (at: Date) => judged(await factsOf("PAST", { at, known: "then" }), "PAST");
  expect((await then(before))[0]).toBeUndefined();
  expect(await then(sent)).toEqual(atFirst);
  expect((await then(lost))[0]).toBeUndefined();
  expect(await then(await timeBetweenWrites(pool))).not.toEqual(atFirst);
});
