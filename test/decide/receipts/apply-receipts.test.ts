import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  applyReceipts,
  readReceipts,
  type AppliedReceipts,
  type ReceiptContext,
  type ReceiptResult,
  type ReceiptState,
} from "../../../src/decide/receipts/apply-receipts.ts";
import type { ReceiptTable } from "../../../src/decide/receipts/table.ts";
import { EMAIL } from "../../../src/decide/receipts/tables/email.ts";
import { MAIL_HOUSE } from "../../../src/decide/receipts/tables/mail-house.ts";
import { TWILIO_CALL } from "../../../src/decide/receipts/tables/twilio-call.ts";
import { TWILIO_MESSAGE } from "../../../src/decide/receipts/tables/twilio-message.ts";
import type { ProviderReceipt } from "../../../src/domain/receipts/provider-receipt.ts";

const SENT_AT = Date.parse("2026-11-20T16:30:00Z");
const MINUTE_MS = 60_000;
const TABLES = [TWILIO_MESSAGE, TWILIO_CALL, EMAIL, MAIL_HOUSE] as const;
const CONTEXT: ReceiptContext = { attempt: 1, latestAt: null, softFailures: [] };

/** `word`, or `word code`, or `word code qualifier`. */
function receipt(said: string, minutes = 1): ProviderReceipt {
  const [rawStatus = "", code = "", ...qualifier] = said.split(" ");
  return {
    providerMessageId: "SM1",
    rawStatus,
    code: code === "" || code === "-" ? null : code,
    qualifier: qualifier.length === 0 ? null : qualifier.join(" "),
    receivedAt: new Date(SENT_AT + minutes * MINUTE_MS),
  };
}

const accepted = (table: ReceiptTable): ReceiptState => ({
  acceptedAs: receipt(table === EMAIL || table === MAIL_HOUSE ? "accepted" : "queued", 0),
  receipts: [],
});

const after = (table: ReceiptTable, ...said: readonly string[]): AppliedReceipts =>
  applyReceipts(
    table,
    accepted(table),
    said.map((one) => receipt(one)),
    CONTEXT,
  );

/** Applies the receipts one by one. */
function inTurn(table: ReceiptTable, said: readonly string[]): AppliedReceipts[] {
  const steps: AppliedReceipts[] = [];
  for (const one of said) {
    const state = steps.at(-1)?.state ?? accepted(table);
    steps.push(applyReceipts(table, state, [receipt(one)], CONTEXT));
  }
  return steps;
}

const endOf = (table: ReceiptTable, ...said: readonly string[]): string | null | undefined =>
  inTurn(table, said).at(-1)?.after.progress?.statusDetails;

describe("texts", () => {
  test.each([
    [["sent", "sending"], "textSent"],
    [["delivered", "sent"], "textDelivered"],
    [["delivered", "failed 30008"], "textDelivered"],
    [["failed 30008", "delivered"], "textDelivered"],
    [["read", "delivered"], "textRead"],
    [["undelivered 30003", "sent"], "textUndelivered"],
    [["sent", "canceled"], "textSent"],
    [["canceled"], "textCanceled"],
    [["receiving"], "textQueued"],
    [["undelivered 30036"], "textUndelivered"],
    [["failed 21610"], "textOptedOut"],
    [["sending 30005", "sent 30006"], "textSent"],
  ])("%s ends as %s", (said, details) => {
    expect(endOf(TWILIO_MESSAGE, ...said)).toBe(details);
  });

  test("a delivery after a failure is believed, and raises an alert", () => {
    const [failed, delivered] = inTurn(TWILIO_MESSAGE, ["undelivered 30005", "delivered"]);
    expect(failed?.effectsAdded).toContainEqual({ kind: "notTextable" });
    expect(delivered).toMatchObject({
      movedTo: { status: "succeeded", statusDetails: "textDelivered" },
      alertsRaised: ["deliveredAfterFailure"],
      effectsWithdrawn: [{ kind: "notTextable" }, { kind: "disconnectionCheck" }],
    });
  });

  test("the meaning of a code for the contact", () => {
    const contactOf = (code: string): string[] =>
      after(TWILIO_MESSAGE, `failed ${code}`).after.contact.map(({ kind }) => kind);
    expect(contactOf("21211")).toEqual(["invalid"]);
    expect(contactOf("21610")).toEqual(["optedOut", "notTextable"]);
    expect(contactOf("30006")).toEqual(["lineTypeLookup", "softFailure"]);
    expect(contactOf("30007")).toEqual([]);
    expect(contactOf("30999")).toEqual(["softFailure"]);
    expect(contactOf("29999")).toEqual([]);
  });

  test("the third failure in 30 days ends a number for texts", () => {
    const daysBefore = (days: number): Date => new Date(SENT_AT - days * 86_400_000);
    const read = (...softFailures: readonly Date[]): ReceiptResult =>
      readReceipts(
        TWILIO_MESSAGE,
        { ...accepted(TWILIO_MESSAGE), receipts: [receipt("undelivered 30003")] },
        { ...CONTEXT, softFailures },
      );
    expect(read(daysBefore(40), daysBefore(20))).toMatchObject({ next: { kind: "retry" } });
    const third = read(daysBefore(20), daysBefore(10));
    expect(third.next.kind).toBe("none");
    expect(third.contact).toContainEqual({ kind: "notTextable" });
  });

  test("a further try waits as the code says, and not beyond the latest time", () => {
    const nextOf = (context: Partial<ReceiptContext>): unknown =>
      readReceipts(
        TWILIO_MESSAGE,
        { ...accepted(TWILIO_MESSAGE), receipts: [receipt("undelivered 30003", 0)] },
        { ...CONTEXT, ...context },
      ).next;
    const at = (minutes: number): Date => new Date(SENT_AT + minutes * MINUTE_MS);
    expect(nextOf({ attempt: 1 })).toEqual({ kind: "retry", notBefore: at(30) });
    expect(nextOf({ attempt: 2 })).toEqual({ kind: "retry", notBefore: at(240) });
    expect(nextOf({ attempt: 4 })).toEqual({ kind: "none" });
    expect(nextOf({ latestAt: at(29) })).toEqual({ kind: "none" });
  });
});

describe("emails", () => {
  test.each([
    [["delayed 4.4.1"], "emailDeferred"],
    [["delayed 4.4.1", "relayed"], "emailSent"],
    [["relayed", "delayed 4.4.1"], "emailSent"],
    [["delivered 2.1.5", "delayed 4.4.1"], "emailDelivered"],
    [["complaint", "delivered"], "emailSpamReported"],
    [["failed 5.1.1"], "emailBounced"],
    [["failed 5.1.1", "delivered"], "emailBounced"],
    [["delivered 5.1.1"], "emailSent"],
    [["failed 2.0.0"], "emailSent"],
  ])("%s ends as %s", (said, details) => {
    expect(endOf(EMAIL, ...said)).toBe(details);
  });

  test("a late bounce moves succeeded to failed and raises an alert", () => {
    const [, bounced] = inTurn(EMAIL, ["delivered 2.0.0", "failed 5.1.1"]);
    expect(bounced).toMatchObject({
      before: { progress: { status: "succeeded" } },
      movedTo: { status: "failed", statusDetails: "emailBounced" },
      alertsRaised: ["lateBounce"],
      effectsAdded: [{ kind: "invalid" }],
    });
  });

  test("a complaint opts the address out, with any other receipts", () => {
    for (const said of [
      ["complaint"],
      ["complaint", "failed 5.1.1"],
      ["failed 4.4.7", "complaint"],
    ])
      expect(inTurn(EMAIL, said).at(-1)?.after.contact).toContainEqual({ kind: "optedOut" });
  });

  test("a bounce about our own domain does not affect the contact, and waits for the repair", () => {
    expect(after(EMAIL, "failed 5.7.26").after).toMatchObject({
      contact: [],
      next: { kind: "afterFix", circuit: "sender", isDueAgain: true },
    });
  });

  test("the words of a server that knows one code only are read", () => {
    const said = "failed 5.0.0 smtp; 550 No such user here";
    expect(after(EMAIL, said).after.contact).toEqual([{ kind: "invalid" }]);
    expect(after(EMAIL, "failed 5.0.0 smtp; 550 Refused").after.contact).toMatchObject([
      { kind: "softFailure" },
    ]);
  });
});

describe("calls and letters", () => {
  test.each([
    [["ringing", "busy"], "voiceBusy", false],
    [["ringing", "no-answer"], "voiceNoAnswer", true],
    [["ringing", "canceled"], "voiceCanceled", true],
    [["canceled"], "voiceCanceled", false],
    [["completed - human"], "voiceAnswered", true],
    [["completed - machine_end_beep"], "voiceMachineNoMessage", true],
    [["completed - machine_end_beep", "leftVoicemail"], "voiceLeftVoicemail", true],
    [["completed - fax"], "voiceFailed", true],
    [["completed - human", "spokeWithFirstParty"], "voiceSpokeWithFirstParty", true],
    [["failed 404"], "voiceDisconnectedNumber", false],
  ])("%s ends as %s", (said, details, counts) => {
    const last = inTurn(TWILIO_CALL, said).at(-1)?.after;
    expect([last?.progress?.statusDetails, last?.countsAsCall]).toEqual([details, counts]);
  });

  test("a letter that comes back after it was delivered counts as not sent", () => {
    expect(inTurn(MAIL_HOUSE, ["delivered", "returned"]).at(-1)?.after).toMatchObject({
      progress: { status: "failed", statusDetails: "mailReturned" },
      ruleId: "delivery.undelivered",
      alerts: ["lateBounce"],
      contact: [{ kind: "invalid" }],
    });
  });
});

describe("receipts that fit nothing yet", () => {
  test("change nothing and stay open", () => {
    const { movedTo, after: read } = after(TWILIO_MESSAGE, "teleported");
    expect(movedTo).toBeNull();
    expect(read.oddities).toMatchObject([{ reason: "unknownStatus" }]);
  });

  test("are judged again when others arrive", () => {
    const [sent, canceled, delivered] = inTurn(TWILIO_MESSAGE, ["sending", "canceled", "sent"]);
    expect(sent?.after.oddities).toEqual([]);
    expect(canceled).toMatchObject({ movedTo: null });
    expect(canceled?.after.oddities).toMatchObject([{ reason: "contradicted" }]);
    expect(delivered?.after.oddities).toHaveLength(1);
    const [alone] = inTurn(TWILIO_MESSAGE, ["canceled"]);
    expect(alone?.after.oddities).toEqual([]);
  });

  test("fit as soon as the table knows their word", () => {
    const state = after(TWILIO_MESSAGE, "teleported").state;
    const changed: ReceiptTable = {
      ...TWILIO_MESSAGE,
      statuses: [
        ...TWILIO_MESSAGE.statuses,
        {
          rawStatus: "teleported",
          rank: 8,
          progress: { status: "succeeded", statusDetails: "textDelivered" },
        },
      ],
    };
    expect(readReceipts(TWILIO_MESSAGE, state, CONTEXT).progress?.statusDetails).toBe("textQueued");
    expect(readReceipts(changed, state, CONTEXT)).toMatchObject({
      progress: { statusDetails: "textDelivered" },
      oddities: [],
    });
  });

  test("wait while the acceptance is not recorded, and count as soon as it is", () => {
    const early = applyReceipts(
      TWILIO_MESSAGE,
      { acceptedAs: null, receipts: [] },
      [receipt("delivered")],
      CONTEXT,
    );
    expect(early.after.progress).toBeNull();
    const state = { ...early.state, acceptedAs: receipt("queued", 0) };
    expect(readReceipts(TWILIO_MESSAGE, state, CONTEXT).progress).toEqual({
      status: "succeeded",
      statusDetails: "textDelivered",
    });
  });

  test("a message of unknown outcome takes the provider's word", () => {
    const state = { acceptedAs: receipt("outcomeUnknown", 0), receipts: [] };
    const { movedTo } = applyReceipts(TWILIO_MESSAGE, state, [receipt("sent")], CONTEXT);
    expect(movedTo).toEqual({ status: "attempted", statusDetails: "textSent" });
  });
});

/** All orders of a list. */
function ordersOf<Item>(items: readonly Item[]): Item[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    ordersOf(items.toSpliced(index, 1)).map((rest) => [item, ...rest]),
  );
}

interface Story {
  readonly table: ReceiptTable;
  readonly receipts: readonly ProviderReceipt[];
}

/** The receipts of a documented sequence, some of them lost, some twice, each as late as chance will have it. */
const lossyStory: fc.Arbitrary<Story> = fc
  .constantFrom(...TABLES.flatMap((table) => table.sequences.map((order) => ({ table, order }))))
  .chain(({ table, order }) =>
    fc
      .array(
        fc.record({
          word: fc.constantFrom(...order),
          minutes: fc.nat({ max: 10_000 }),
          code: fc.constantFrom("", "30003", "30005", "30007", "30023", "5.1.1", "5.2.2", "4.4.7"),
        }),
        { minLength: 1, maxLength: 12 },
      )
      .map((said) => ({
        table,
        receipts: said.map(({ word, code, minutes }) => receipt(`${word} ${code}`, minutes)),
      })),
  );

/** Anything a provider might send, contradictions and unknown words too. */
const wildStory: fc.Arbitrary<Story> = fc.constantFrom(...TABLES).chain((table) =>
  fc
    .array(
      fc.record({
        word: fc.constantFrom(...table.statuses.map(({ rawStatus }) => rawStatus), "teleported"),
        minutes: fc.nat({ max: 10 }),
        code: fc.constantFrom("-", "30003", "30005", "99999", "5.1.1", "4.2.2", "2.0.0", "404"),
        qualifier: fc.constantFrom("", " human", " machine_start", " smtp; 550 no such user"),
      }),
      { maxLength: 10 },
    )
    .map((said) => ({
      table,
      receipts: said.map(({ word, code, qualifier, minutes }) =>
        receipt(`${word} ${code}${qualifier}`, minutes),
      ),
    })),
);

/** The same story in another order, in groups, with repeats. */
const retold = (story: fc.Arbitrary<Story>) =>
  story.chain((told) =>
    fc.record({
      told: fc.constant(told),
      order: fc
        .shuffledSubarray([...told.receipts, ...told.receipts], {
          minLength: told.receipts.length * 2,
        })
        .map((receipts) => [...receipts]),
      size: fc.integer({ min: 1, max: 4 }),
    }),
  );

function applyInGroups(
  table: ReceiptTable,
  receipts: readonly ProviderReceipt[],
  size: number,
): AppliedReceipts[] {
  const steps: AppliedReceipts[] = [];
  for (let at = 0; at < receipts.length; at += size) {
    const state = steps.at(-1)?.state ?? accepted(table);
    steps.push(applyReceipts(table, state, receipts.slice(at, at + size), CONTEXT));
  }
  return steps;
}

describe("the order of arrival", () => {
  test.each(
    TABLES.flatMap((table) =>
      table.sequences.map(
        (order) => [`${table.channel}: ${order.join(" ")}`, table, order] as const,
      ),
    ),
  )("every order of %s ends alike", (_, table, order) => {
    const code = table === EMAIL ? "5.1.1" : "30005";
    // six words have 720 orders, ten 3.6 million: the properties below sample those of the longer sequences
    const words = order.slice(-6).map((word) => `${word} ${word === "failed" ? code : "-"}`);
    const expected = after(table, ...words).after;
    for (const one of ordersOf(words)) {
      const last = inTurn(table, one).at(-1);
      expect(last?.after, one.join(" ")).toEqual(expected);
    }
    expect(expected.oddities).toEqual([]);
  });

  test.each([
    ["documented sequences with losses, repeats and delays", lossyStory],
    ["anything at all", wildStory],
  ])("changes nothing: %s", (_, story) => {
    fc.assert(
      fc.property(retold(story), ({ told: { table, receipts }, order, size }) => {
        const once = applyReceipts(table, accepted(table), receipts, CONTEXT);
        const again = applyInGroups(table, order, size).at(-1);
        expect(again?.after ?? once.after).toEqual(once.after);
        expect(again?.state ?? once.state).toEqual(once.state);
      }),
      { numRuns: 500 },
    );
  });

  test("in a documented sequence the received status with the highest rank decides, and only a second code is an oddity", () => {
    fc.assert(
      fc.property(lossyStory, ({ table, receipts }) => {
        const { after: read, state } = applyReceipts(table, accepted(table), receipts, CONTEXT);
        const isOdd = ({ reason }: { reason: string }): boolean =>
          reason === "unknownStatus" || reason === "contradicted";
        expect(read.oddities.filter(isOdd)).toEqual([]);
        const rankOf = (word: string): number =>
          table.statuses.find(({ rawStatus }) => rawStatus === word)?.rank ?? -2;
        const odd = new Set(read.oddities.map(({ receipt: one }) => one));
        const heard = state.receipts.filter(
          (one) =>
            !odd.has(one) &&
            table.statuses.some((row) => row.rawStatus === one.rawStatus && row.progress !== null),
        );
        const highest = Math.max(
          rankOf(state.acceptedAs?.rawStatus ?? ""),
          ...heard.map((one) => rankOf(one.rawStatus)),
        );
        expect(rankOf(read.decidedBy?.rawStatus ?? "")).toBe(highest);
      }),
    );
  });

  test("the status moves back only if a receipt is no longer chosen", () => {
    fc.assert(
      fc.property(lossyStory, ({ table, receipts }) => {
        const rankOf = ({ decidedBy }: ReceiptResult): number =>
          table.statuses.find(({ rawStatus }) => rawStatus === decidedBy?.rawStatus)?.rank ?? -2;
        for (const step of applyInGroups(table, receipts, 1))
          expect(rankOf(step.after)).toBeGreaterThanOrEqual(rankOf(step.before));
      }),
    );
  });

  test("a receipt that does not fit changes nothing", () => {
    fc.assert(
      fc.property(wildStory, ({ table, receipts }) => {
        const { after: read, state } = applyReceipts(table, accepted(table), receipts, CONTEXT);
        const odd = new Set(read.oddities.map(({ receipt: one }) => one));
        const without = { ...state, receipts: state.receipts.filter((one) => !odd.has(one)) };
        expect(readReceipts(table, without, CONTEXT)).toEqual({ ...read, oddities: [] });
      }),
    );
  });
});
