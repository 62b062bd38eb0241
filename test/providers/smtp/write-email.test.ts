import {
  array,
  type Arbitrary,
  assert,
  asyncProperty,
  constantFrom,
  integer,
  oneof,
  option,
  property,
  record,
  string,
  stringMatching,
  tuple,
} from "fast-check";
import MailComposer from "nodemailer/lib/mail-composer";
import { expect, test } from "vitest";
import type { EmailMessage } from "../../../src/domain/deliver/message.ts";
import { composerOf, emailOf } from "../../../src/providers/smtp/message-source.ts";
import { envelopeOf, writeEmail } from "../../../src/providers/smtp/write-email.ts";
import { EMAILS } from "../../template/starter-set.ts";
import { email } from "../messages.ts";
import { noticeOf } from "../starter-notice.ts";

/** The bytes of both, if the email is written here. nodemailer's message ends with a line feed. */
async function bothOf(message: EmailMessage): Promise<{ ours?: string; theirs?: string }> {
  const written = writeEmail(emailOf(message));
  if (written === undefined) return {};
  const ended = /[\r\n]$/u.test(written) ? written.replace(/\r$/u, "\r\n") : `${written}\r\n`;
  const theirs = await composerOf(emailOf(message)).compile().build();
  return { ours: Buffer.from(ended).toString("latin1"), theirs: theirs.toString("latin1") };
}

async function expectSame(message: EmailMessage): Promise<void> {
  const { ours, theirs } = await bothOf(message);
  expect(ours).toBeDefined();
  expect(ours).toBe(theirs);
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

const address = oneof(
  constantFrom(
    "pat@example.com",
    "PAT@Example.COM",
    "pat.o'brien+x@mail-1.example.co.uk",
    "josé@example.com",
    "pat@exämple.com",
    "pat@xn--exmple-cua.com",
    "pat@localhost",
    "pat@192.0.2.1",
    "pat@[192.0.2.1]",
    "pat@a--b.example",
    "pat@-a.example",
    ".pat@example.com",
    "pat..x@example.com",
  ),
  tuple(stringMatching(/^[a-zA-Z0-9._+'-]{1,12}$/), stringMatching(/^[a-zA-Z0-9.-]{1,20}$/)).map(
    ([local, domain]) => `${local}@${domain}`,
  ),
);

const named = tuple(piece, address).map(([name, from]) => `${name} <${from}>`);

const message: Arbitrary<EmailMessage> = record({
  text: body.filter((text) => text !== ""),
  html: option(body.filter((html) => html !== "")),
  subject: piece,
  toName: option(
    oneof(piece, constantFrom("Pat Example", "Mary O'Brien", "José", "Pat, Jr.", "  ")),
  ),
  from: piece.map((name) => `${name} <notices@lender.example>`),
  to: address,
  language: constantFrom("en", "es", "zh-Hans"),
  listUnsubscribe: option(
    constantFrom(
      "<https://lender.example/opt-out?t=abc>",
      `<https://lender.example/opt-out?t=${"a".repeat(80)}>, <mailto:stop@lender.example>`,
    ),
  ),
}).map((fields) => email(fields));

test("random contents are written as nodemailer composes them, byte by byte", async () => {
  await assert(asyncProperty(message, expectSame), { numRuns: 1_000 });
});

test("addresses are given to the server as nodemailer gives them", () => {
  assert(
    property(oneof(address, named), address, (from, to) => {
      const { from: sender, to: recipients } = new MailComposer({ envelope: { from, to: [to] } })
        .compile()
        .getEnvelope();
      expect(envelopeOf(from, to)).toEqual({ from: sender || "", to: recipients });
    }),
    { numRuns: 500 },
  );
});

test.each(EMAILS)(
  "the starter template %s is written as nodemailer composes it",
  async (folder) => {
    await expectSame(noticeOf(folder) as EmailMessage);
  },
);

test.each([
  ["as nodemailer composes it, just short enough", "é ".repeat(21_845), true],
  ["by nodemailer if it has two slices", "é ".repeat(40_000), false],
  ["by nodemailer if it has two slices, for base64", "王".repeat(40_000), false],
  ["by nodemailer if it is long and plain", `${"word ".repeat(12)}\n`.repeat(3_000), false],
  ["by nodemailer if it is empty", "", false],
])("a body is written %s", async (_, text, isWritten) => {
  const { ours, theirs } = await bothOf(email({ text, html: null }));
  expect(ours !== undefined).toBe(isWritten);
  expect(ours).toBe(theirs);
});
