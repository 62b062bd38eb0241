import { describe, expect, test } from "vitest";
import { stageOf } from "../../../src/domain/receipts/stages.ts";
import type { ReceiptTable, StatusRow } from "../../../src/decide/receipts/table.ts";
import { EMAIL } from "../../../src/decide/receipts/tables/email.ts";
import { MAIL_HOUSE } from "../../../src/decide/receipts/tables/mail-house.ts";
import { TWILIO_CALL } from "../../../src/decide/receipts/tables/twilio-call.ts";
import { TWILIO_MESSAGE } from "../../../src/decide/receipts/tables/twilio-message.ts";
import { SENDABLE_CHANNELS } from "../../../src/domain/vocabulary.ts";
import { SMTP_CODES } from "../../../src/domain/codes/smtp-codes.ts";
import { TWILIO_CODES } from "../../../src/domain/codes/twilio-codes.ts";

const TABLES: readonly (readonly [name: string, table: ReceiptTable])[] = [
  ["twilio message", TWILIO_MESSAGE],
  ["twilio call", TWILIO_CALL],
  ["email", EMAIL],
  ["mail house", MAIL_HOUSE],
];

test.each(Object.entries(TWILIO_CODES))(
  "Twilio's code %s says of the contact in a receipt what it says in an answer",
  (code, { finding, kind }) => {
    const meaning = TWILIO_MESSAGE.meaningOf(code, null);
    if (finding !== null) expect(meaning.contact).toContainEqual({ kind: finding });
    expect(meaning.retry.kind === "afterFix").toBe(kind === "misconfigured");
  },
);

test.each(Object.entries(SMTP_CODES).filter(([code]) => /^5\.\d+\.\d+$/u.test(code)))(
  "the enhanced code %s says of the contact in a report what it says in a reply",
  (code, { finding, kind }) => {
    const meaning = EMAIL.meaningOf(code, null);
    if (finding !== null) expect(meaning.contact).toContainEqual({ kind: finding });
    expect(meaning.retry.kind === "afterFix").toBe(kind === "misconfigured");
  },
);

const pairsOf = (rows: readonly StatusRow[]): (readonly [StatusRow, StatusRow])[] =>
  rows.flatMap((one, index) => rows.slice(index + 1).map((other) => [one, other] as const));

const isSendable = (channel: string): boolean =>
  (SENDABLE_CHANNELS as readonly string[]).includes(channel);

test.each(TABLES.filter(([, table]) => isSendable(table.channel)))(
  "the table of %s agrees with the stages by which reports over REST are judged",
  (_, table) => {
    const rows = table.statuses.flatMap(({ rank, progress }) => {
      const stage = progress && stageOf(table.channel, progress.statusDetails);
      return stage ? [{ rank, progress, stage }] : [];
    });
    for (const { progress, stage } of rows) expect(stage[1]).toBe(progress.status);
    const reached = rows.filter(
      ({ progress }) => !["failed", "canceled"].includes(progress.status),
    );
    const inOrder = reached.toSorted((one, other) => one.rank - other.rank);
    const stages = inOrder.map(({ stage }) => stage[0]);
    expect(stages).toEqual(stages.toSorted((one, other) => one - other));
  },
);

describe.each(TABLES)("the table of %s", (_, table) => {
  const words = table.statuses.map(({ rawStatus }) => rawStatus);
  const yields = (one: StatusRow, other: StatusRow): boolean =>
    one.yieldsTo?.includes(other.rawStatus) === true;
  const together = (one: StatusRow, other: StatusRow): boolean =>
    table.sequences.some(
      (order) => order.includes(one.rawStatus) && order.includes(other.rawStatus),
    );

  test("names each word once, and its sequences and concessions name words of the table only", () => {
    expect(new Set(words).size).toBe(words.length);
    for (const order of table.sequences) expect(words).toEqual(expect.arrayContaining([...order]));
    for (const { yieldsTo = [] } of table.statuses)
      expect(words).toEqual(expect.arrayContaining([...yieldsTo]));
  });

  test("puts each word into a sequence", () => {
    for (const word of words) expect(table.sequences.flat()).toContain(word);
  });

  test("decides between any two words: by rank, or one yields to the other", () => {
    for (const [one, other] of pairsOf(table.statuses)) {
      const label = `${one.rawStatus} and ${other.rawStatus}`;
      expect(yields(one, other) && yields(other, one), label).toBe(false);
      if (one.rank === other.rank)
        expect(yields(one, other) || yields(other, one), label).toBe(true);
      if (!together(one, other))
        expect(yields(one, other) || yields(other, one), `${label} are in no sequence`).toBe(true);
    }
  });

  test("lets no circle of concessions arise", () => {
    const rows = new Map(table.statuses.map((row) => [row.rawStatus, row]));
    const reach = (word: string, path: readonly string[]): void => {
      expect(path, `${word} yields to itself`).not.toContain(word);
      for (const next of rows.get(word)?.yieldsTo ?? []) reach(next, [...path, word]);
    };
    for (const word of words) reach(word, []);
  });

  test("never falls in rank along a sequence, but to what a word yields to", () => {
    const rows = new Map(table.statuses.map((row) => [row.rawStatus, row]));
    const steps = table.sequences.flatMap((order) =>
      order.slice(1).map((word, index) => [rows.get(order[index] ?? ""), rows.get(word)] as const),
    );
    for (const [before, after] of steps) {
      const rises = before !== undefined && after !== undefined && before.rank < after.rank;
      const concedes = before !== undefined && after !== undefined && yields(before, after);
      expect(rises || concedes, `${before?.rawStatus} ${after?.rawStatus}`).toBe(true);
    }
  });
});
