import { describe, expect, test } from "vitest";
import { readSmtpFailure, type SmtpFailure } from "../../../src/providers/smtp/answer.ts";
import { SMTP_CODES } from "../../../src/domain/codes/smtp-codes.ts";
import * as MEANINGS from "../../../src/domain/codes/smtp-meanings.ts";
import { SMTP_WORDS } from "../../../src/domain/codes/smtp-words.ts";

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

  // where no source is named, the words are those that the software of that name writes
  test.each<[keyof typeof MEANINGS, string, readonly string[]]>([
    [
      "TOO_MANY_CONNECTIONS",
      "limited",
      [
        "421 Too many concurrent SMTP connections; please try again later.",
        "421 Too many concurrent SMTP connections from this IP address; please try again later.",
        "421 4.7.0 mx.example.net Error: too many connections from 192.0.2.1",
        "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing transmission channel",
        "421 4.3.2 The maximum number of concurrent server connections per source has exceeded a limit, closing transmission channel",
        "432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information.",
        "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded",
        "421 4.7.1 too many sessions open",
        "450 4.7.0 Too many simultaneous sessions",
        "451 4.3.0 Session limit reached, come back later",
        "454 4.7.0 Too many open connections for this user",
        "421 4.3.2 Connection rate limit exceeded.",
        "421 4.3.2 Too many open connections.",
        "450 too frequent connects from 192.0.2.1, please try again later.",
        "421 Maximum connections reached",
        "500 The number of sessions exceeds the maximum",
        "554 5.7.1 Concurrent session limit exceeded",
        "421 No more than 3 parallel connections are allowed",
      ],
    ],
    [
      "THROTTLED",
      "limited",
      [
        "454 Throttling failure: Maximum sending rate exceeded.",
        "421 4.7.0 [192.0.2.1] Our system has detected an unusual rate of unsolicited mail originating from your IP address.",
        "421 4.4.2 Message submission rate for this client has exceeded the configured limit",
        "450 4.7.1 Error: too much mail from 192.0.2.1",
        "454 4.7.0 Too many login attempts, please try again later.",
        "421 4.7.0 Too many messages in this connection, slow down",
        "550 Too many messages. Try again in 92 seconds.",
      ],
    ],
    [
      "DAILY_QUOTA",
      "limited",
      [
        "454 Throttling failure: Daily message quota exceeded.",
        "550 5.4.5 Daily user sending limit exceeded. For more information on Gmail sending limits go to",
        "550 5.1.90 Your message can't be sent because you've reached your daily limit for message recipients",
        "452 4.5.3 Daily message limit exceeded",
      ],
    ],
    [
      "QUOTA",
      "limited",
      [
        "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException; Failed to process message",
        "451 Authentication failed: Maximum credits exceeded",
        "550 Domain lender.example has exceeded the max emails per hour (100/100 (100%)) allowed. Message discarded.",
        "421 4.7.0 Hourly sending limit reached for this account",
      ],
    ],
    [
      "ACCOUNT",
      "misconfigured",
      [
        "554 5.2.0 STOREDRV.Submission.Exception:OutboundSpamException; Failed to process message due to a permanent exception with message WASCL UserAction verdict is Suspend",
        "554 Message rejected: Sending suspended for this account. For more information, please check the inbox of the email address associated with your AWS account.",
        "554 Message rejected: Sending paused for this account. For more information, please check the inbox",
        "554 Configuration set does not exist: main",
        "550 Account suspended",
        "550 5.7.1 Your account has been temporarily blocked from sending",
        "421 Domain mg.lender.example is not allowed to send: Account disabled",
        "550 Sandbox subdomains are for test purposes only. Please add your own domain or add the address to authorized recipients in Account Settings.",
        "550 5.7.1 While your account is pending approval, all recipient addresses must share the same domain as the 'From' address.",
        "550 5.2.253 Sender throttled due to continuous invalid license errors.",
        "550 Your trial account has ended",
        "550 5.7.705 Access denied, tenant has exceeded threshold",
      ],
    ],
    [
      "SENDER",
      "misconfigured",
      [
        "550 The from address does not match a verified Sender Identity. Mail cannot be sent until this error is resolved. Visit https://sendgrid.com/docs/for-developers/sending-email/sender-identity/",
        "403 You are not authorized to send from that email address",
        "554 Message rejected: Email address is not verified. The following identities failed the check in region US-EAST-1: notices@lender.example",
        "554 5.2.252 SendAsDenied; notices@lender.example not allowed to send as other@lender.example",
        "554 5.2.0 STOREDRV.Submission.Exception:SendAsDeniedException.MapiExceptionSendAsDenied; Failed to process message",
        "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
        "550 5.1.8 Access denied, bad outbound sender",
        "553 5.7.1 <notices@lender.example>: Sender address rejected: not owned by user relay",
        "450 4.1.8 <notices@lender.example>: Sender address rejected: Domain not found",
        "550 Sender verify failed",
        "550 5.7.1 The 'From' address you supplied is not a Sender Signature on your account.",
        "554 Access denied: User `arn:aws:iam::1:user/smtp' is not authorized to perform `ses:SendRawEmail' on resource",
        "550 Domain lender.example is not verified",
        "550 5.7.750 Client blocked from sending from unregistered domains",
      ],
    ],
    [
      "RELAY",
      "misconfigured",
      [
        "454 4.7.1 <jane@example.com>: Relay access denied",
        "550 relay not permitted",
        "550 5.7.0 Mail relay denied [192.0.2.1]. Invalid credentials for relay",
        "550 5.7.1 Relaying denied",
        "550 5.7.64 TenantAttribution; Relay Access Denied",
      ],
    ],
    [
      "LOGIN",
      "misconfigured",
      [
        "550 5.7.1 Authentication required",
        "530 5.7.57 Client not authenticated to send mail.",
        "550 Unauthenticated senders not allowed",
        "535 5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
        "535 5.7.8 Username and Password not accepted.",
        "535 Authentication failed: The provided authorization grant is invalid, expired, or revoked",
        "534 5.7.9 Application-specific password required.",
        "535 Authentication Credentials Invalid",
      ],
    ],
    [
      "BLOCKED",
      "misconfigured",
      [
        "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org",
        "554 5.7.1 <unknown[192.0.2.1]>: Client host rejected: Access denied",
        "550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent. Please contact your Internet service provider since part of their network is on our block list (S3140).",
        "421 4.7.0 IP not in whitelist for RCPT domain, closing connection.",
        "550 5.7.511 Access denied, banned sender[192.0.2.1]",
        "550 5.7.708 Access denied, traffic not accepted from this IP",
        "554 Your IP address has a poor reputation",
      ],
    ],
    [
      "AUTHENTICATION",
      "misconfigured",
      [
        "550 SPF check failed for lender.example",
        "550 5.7.1 Email rejected per DMARC policy for lender.example",
        "450 4.7.1 Client host rejected: cannot find your reverse hostname, [192.0.2.1]",
        "550 5.7.1 DKIM signature is missing",
      ],
    ],
    [
      "GREETING_NAME",
      "misconfigured",
      ["504 5.5.2 <localhost>: Helo command rejected: need fully-qualified hostname"],
    ],
    ["TLS_REQUIRED", "misconfigured", ["530 5.7.0 Must issue a STARTTLS command first"]],
  ])("is read as %s, %s, in whatever words it says so", (name, kind, replies) => {
    for (const response of replies)
      for (const command of ["RCPT TO", "DATA"]) {
        const { meaning } = readSmtpFailure(replied(response, command), command === "DATA");
        expect.soft(meaning.short, response).toBe(MEANINGS[name].short);
        expect.soft(meaning.kind, response).toBe(kind);
      }
  });

  test.each<[string, string, string | null]>([
    ["550-5.1.1 The email account that you tried to reach does not exist.", "refused", "invalid"],
    ["550 5.2.1 The email account that you tried to reach is disabled.", "refused", "invalid"],
    ["550 5.1.1 Recipient address rejected: account disabled", "refused", "invalid"],
    ["452 4.2.2 The recipient's inbox is out of storage space and inactive.", "unavailable", null],
    ["552 5.2.2 Mailbox quota exceeded", "unavailable", null],
    ["550 5.7.1 Message rejected because a URL is on a block list", "refused", null],
    ["550 5.7.1 You are not permitted to send to this recipient", "refused", null],
    ["421 4.4.2 mx.example.net Error: timeout exceeded", "unavailable", null],
    ["421 4.4.2 Session time limit exceeded", "unavailable", null],
    ["421 4.7.0 mx.example.net Error: too many errors in this session", "unavailable", null],
    ["421 4.3.0 Temporary System Problem. Try again later", "unavailable", null],
    ["454 4.7.0 Temporary authentication failure", "unavailable", null],
    ["451 4.7.1 Greylisting in action, please come back later", "unavailable", null],
    ["550 5.1.1 <sender.verify.failed@example.com>: no", "refused", "invalid"],
    ["550 5.7.1 <relay.denied@example.com>: refused", "refused", null],
    ["550 Administrative prohibition", "refused", null],
    ["554 5.7.1 Message refused as spam", "refused", null],
  ])("%j stays about the recipient or the moment: %s, contact %s", (response, kind, finding) => {
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

test.each([
  ["450 Try again in 92 seconds.", 92_000],
  ["451 4.7.1 Greylisted, please retry after 5 minutes", 300_000],
  ["450 4.2.0 come again in 2 hours", 3_600_000],
  ["450 4.2.0 wait 3 min", 180_000],
  ["450 4.2.0 Try again later", null],
  ["450 4.2.0 Try again, ticket 77", null],
])("%j asks for a wait of %j ms", (response, retryAfterMs) => {
  expect(readSmtpFailure(replied(response), false).seen).toMatchObject({ retryAfterMs });
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
      expect(readSmtpFailure(failure, true).meaning).toBe(MEANINGS.OUTCOME_UNKNOWN);
      expect(readSmtpFailure(failure, false).meaning).toBe(MEANINGS.NOT_HANDED_OVER);
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

  test("the evidence has the network's own name for it", () => {
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
    ...Object.values(MEANINGS),
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
