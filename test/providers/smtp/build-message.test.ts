import {
  array,
  type Arbitrary,
  assert,
  asyncProperty,
  constantFrom,
  integer,
  oneof,
  option,
  record,
  string,
  tuple,
} from "fast-check";
import { expect, test } from "vitest";
import type { EmailMessage } from "../../../src/domain/deliver/message.ts";
import { buildMessage } from "../../../src/providers/smtp/build-message.ts";
import { composeEmail } from "../../../src/providers/smtp/message-source.ts";
import { EMAILS } from "../../template/starter-set.ts";
import { email } from "../messages.ts";
import { noticeOf } from "../starter-notice.ts";

/** A tree holds streams and can be built once, so each side composes its own. */
async function expectSame(message: EmailMessage, envelopeFrom?: string): Promise<void> {
  const ours = await buildMessage(composeEmail(message, envelopeFrom));
  const theirs = await composeEmail(message, envelopeFrom).build();
  expect(ours.toString("latin1")).toBe(theirs.toString("latin1"));
}

/** Text that decides between the encodings and between places to break a line. */
const piece: Arbitrary<string> = oneof(
  string({ unit: "grapheme", maxLength: 40 }),
  string({ unit: "binary", maxLength: 40 }),
  string({ unit: "grapheme-ascii", maxLength: 200 }),
  constantFrom(
    "\r\n",
    "\n",
    "\r",
    " ",
    "\t",
    " \n",
    "\t\r\n",
    ".",
    "=",
    "=3D",
    "=?utf-8?q?x?=",
    "\n.\n",
    "\uD83D",
    "\uDE00",
    "\u0000",
    "\u007F",
    "From ",
    "é",
    "王小明",
    "👩‍👩‍👧",
  ),
  tuple(constantFrom("a", "long ", "é", "王", "😀", "= ", "."), integer({ min: 1, max: 200 })).map(
    ([unit, times]) => unit.repeat(times),
  ),
);
const body = array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

const message: Arbitrary<EmailMessage> = record({
  text: body,
  html: option(body),
  subject: piece,
  toName: option(piece),
  from: piece.map((name) => `${name} <notices@lender.example>`),
  to: constantFrom("pat@example.com", "josé@example.com", "pat@exämple.com"),
  language: constantFrom("en", "es", "zh-Hans"),
  listUnsubscribe: option(constantFrom("<https://lender.example/opt-out?t=abc>")),
}).map((fields) => email(fields));

test("random contents are built as nodemailer builds them, byte by byte", async () => {
  await assert(
    asyncProperty(message, (one) => expectSame(one)),
    { numRuns: 500 },
  );
});

test.each(EMAILS)("the starter template %s is built as nodemailer builds it", async (folder) => {
  await expectSame(noticeOf(folder) as EmailMessage, "bounces@lender.example");
});

test.each([
  ["just short enough", "é ".repeat(21_845)],
  ["of two slices", "é ".repeat(40_000)],
  ["of two slices, for base64", "王".repeat(40_000)],
  ["long and plain", `${"word ".repeat(12)}\n`.repeat(3_000)],
])("a body %s is built as nodemailer builds it", async (_, text) => {
  await expectSame(email({ text, html: `<p>${text}</p>` }));
  await expectSame(email({ text, html: null }));
});
