import { describe, expect, test } from "vitest";
import { readSmtpFailure, type SmtpFailure } from "../../../src/providers/smtp/answer.ts";
import { SMTP_CODES, SMTP_SILENCE, SMTP_WORDS } from "../../../src/providers/smtp/codes.ts";

const replied = (response: string, command = "RCPT TO"): SmtpFailure => ({
  message: "refused",
  code: "EENVELOPE",
  command,
  response,
  responseCode: Number(response.slice(0, 3)),
});

describe("a reply to a recipient or a message", () => {
  test.each<[string, string, string | null]>([
    ["550 5.1.1 x", "refused", "invalid"],
    ["553 5.1.2 x", "refused", "invalid"],
    ["501 5.1.3 x", "refused", "invalid"],
    ["550 5.1.6 x", "refused", "invalid"],
    ["556 5.1.10 x", "refused", "invalid"],
    ["550 5.2.1 The account is inactive", "refused", "invalid"],
    ["550 5.2.1 receiving mail at a rate that prevents delivery", "unavailable", null],
    ["450 4.2.1 receiving mail too quickly", "unavailable", null],
    ["552 5.2.2 x", "unavailable", null],
    ["452 4.2.2 x", "unavailable", null],
    ["552 Message exceeds fixed maximum message size", "refused", null],
    ["552 Quota exceeded", "unavailable", null],
    ["552 5.3.4 x", "refused", null],
    ["552 5.7.0 blocked for its content", "refused", null],
    ["550 5.4.4 x", "refused", null],
    ["550 5.4.5 Daily sending limit exceeded", "limited", null],
    ["554 5.4.6 x", "refused", null],
    ["503 5.5.1 x", "unavailable", null],
    ["550 5.5.0 mailbox unavailable", "refused", null],
    ["554 5.6.0 x", "refused", null],
    ["550 5.7.1 x", "refused", null],
    ["550 5.7.26 x", "misconfigured", null],
    ["550 5.7.515 x", "misconfigured", null],
    ["421 5.7.32 x", "misconfigured", null],
    ["550 5.7.13 x", "refused", "invalid"],
    ["550 5.7.17 x", "refused", "invalid"],
    ["521 x", "refused", "invalid"],
    ["556 x", "refused", "invalid"],
    ["550 x", "refused", null],
    ["550 User unknown", "refused", "invalid"],
    ["550 No such user here", "refused", "invalid"],
    ["554 This account has been disabled: mailbox disabled", "refused", "invalid"],
    ["551 not local", "refused", null],
    ["554 5.7.1 x: Relay access denied", "misconfigured", null],
    ["550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain", "misconfigured", null],
    ["553 5.7.1 Sender address rejected: not owned by user", "misconfigured", null],
    ["554 Message rejected: Email address is not verified.", "misconfigured", null],
    ["530 5.7.0 Authentication required", "misconfigured", null],
    ["421 4.3.0 x", "unavailable", null],
    ["450 4.2.0 x", "unavailable", null],
    ["451 4.7.1 Greylisted", "unavailable", null],
    ["451 4.4.3 x", "unavailable", null],
    ["421 4.7.28 x", "limited", null],
    ["452 4.5.3 x", "limited", null],
    ["421 4.7.0 x", "unavailable", null],
    ["451 4.7.24 x", "misconfigured", null],
    ["454 Throttling failure: Maximum sending rate exceeded.", "limited", null],
    ["454 Throttling failure: Daily message quota exceeded.", "limited", null],
    ["499 x", "unavailable", null],
    ["599 x", "refused", null],
    ["421 5.1.1 x", "unavailable", null],
  ])("%j is %s, of the contact %s", (response, kind, finding) => {
    expect(readSmtpFailure(replied(response), false).meaning).toMatchObject({ kind, finding });
    expect(readSmtpFailure(replied(response, "DATA"), true).meaning).toMatchObject({
      kind,
      finding,
    });
  });

  test.each([
    ["454 Throttling failure: Maximum sending rate exceeded.", 2_000],
    ["454 Throttling failure: Daily message quota exceeded.", 21_600_000],
    ["421 4.7.28 x", 60_000],
  ])("%j asks for a wait of %i ms", (response, retryAfterMs) => {
    expect(readSmtpFailure(replied(response), false).meaning).toMatchObject({ retryAfterMs });
  });
});

describe("a reply before anybody named a recipient", () => {
  test.each(["CONN", "EHLO", "STARTTLS", "AUTH PLAIN", "MAIL FROM"])(
    "to %s says nothing against the contact",
    (command) => {
      for (const response of ["550 5.1.1 x", "552 5.2.2 x", "554 x"])
        expect(readSmtpFailure(replied(response, command), false).meaning).toMatchObject({
          kind: "misconfigured",
          finding: null,
        });
      for (const response of ["452 4.2.2 x", "451 x"])
        expect(readSmtpFailure(replied(response, command), false).meaning).toMatchObject({
          kind: "unavailable",
          finding: null,
        });
      expect(readSmtpFailure(replied("421 4.7.28 x", command), false).meaning.kind).toBe("limited");
    },
  );
});

describe("no reply", () => {
  const failures: SmtpFailure[] = [
    { message: "lost", code: "ECONNECTION", command: "CONN" },
    { message: "reset", code: "ESOCKET", originalCode: "ECONNRESET", command: "CONN" },
    { message: "silence", code: "ETIMEDOUT" },
    {
      message: "out of step",
      code: "EMESSAGE",
      command: "DATA",
      response: "354 Go",
      responseCode: 354,
    },
    { message: "out of step", code: "EPROTOCOL", response: "250 Ok", responseCode: 250 },
  ];
  test.each(failures)(
    "$code ($message) is unknown after the handover, and not now before it",
    (failure) => {
      expect(readSmtpFailure(failure, true).meaning).toBe(SMTP_SILENCE.outcomeUnknown);
      expect(readSmtpFailure(failure, false).meaning).toBe(SMTP_SILENCE.notHandedOver);
    },
  );

  test("credentials that cannot be used are our fault", () => {
    expect(
      readSmtpFailure({ message: "Missing credentials", code: "EAUTH", command: "API" }, false)
        .meaning.kind,
    ).toBe("misconfigured");
  });

  test("an address nodemailer will not write is refused", () => {
    expect(
      readSmtpFailure({ message: "Invalid recipient", code: "EENVELOPE", command: "API" }, false)
        .meaning,
    ).toMatchObject({ kind: "refused", finding: "invalid" });
  });

  test("what is seen is the network's own name for it", () => {
    expect(
      readSmtpFailure({ message: "refused", code: "ESOCKET", originalCode: "ECONNREFUSED" }, false)
        .seen,
    ).toEqual({ code: "ECONNREFUSED", text: "refused" });
  });
});

describe("the table", () => {
  const rows = [
    ...Object.values(SMTP_CODES),
    ...SMTP_WORDS.map(({ meaning }) => meaning),
    ...Object.values(SMTP_SILENCE),
  ];

  test.each([...new Set(rows)])("$short says what to do, in sentences", ({ short, long }) => {
    expect(short).toMatch(/^[A-Z].{3,30}[^.]$/u);
    expect(long).toMatch(/^[A-Z].{20,}\.$/u);
  });

  test("a transient code never refuses, and a permanent one never only defers but for a full or busy mailbox", () => {
    for (const [code, { kind }] of Object.entries(SMTP_CODES))
      if (code.startsWith("4")) expect(kind, code).not.toBe("refused");
    const deferred = Object.entries(SMTP_CODES).filter(
      ([code, { kind }]) => code.startsWith("5") && kind === "unavailable",
    );
    expect(deferred.map(([code]) => code)).toEqual(["503", "5.2.2", "5.5.1"]);
  });
});
