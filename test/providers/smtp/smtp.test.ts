import { once } from "node:events";
import type { AddressInfo } from "node:net";
import fc from "fast-check";
import { SMTPServer } from "smtp-server";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { EmailMessage } from "../../../src/domain/deliver/message.ts";
import type { ProviderAnswer } from "../../../src/domain/provider-answer.ts";
import type { Provider } from "../../../src/providers/answer/provider.ts";
import { openSmtp } from "../../../src/providers/smtp/smtp.ts";
import { createAuthority, type Identity } from "../certificates.ts";
import { email } from "../messages.ts";
import { pastDeadline } from "../past-deadline.ts";
import { NEVER_MS } from "../../never.ts";
import {
  babble,
  hangUp,
  keepSilent,
  openScriptedSmtp,
  reset,
  trickle,
  type Line,
  type Script,
  type ScriptedSmtp,
} from "../scripted-smtp.ts";

/** For calls that end the same way whenever their deadline passes. */
const DEADLINE_MS = 500;
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

function openProvider(port: number, deadlineMs: number): Provider<EmailMessage> {
  const provider = openSmtp({
    url: `smtp://tidings:s3cret@127.0.0.1:${port}`,
    deadlineMs,
  });
  opened.push(provider);
  return provider;
}

async function openBoth(
  script: Script,
  deadlineMs = NEVER_MS,
): Promise<{ peer: ScriptedSmtp; provider: Provider<EmailMessage> }> {
  const peer = await openScriptedSmtp(script);
  opened.push(peer);
  return { peer, provider: openProvider(peer.port, deadlineMs) };
}

async function sendOne(script: Script): Promise<ProviderAnswer> {
  const { provider } = await openBoth(script);
  return provider.send(email());
}

const emit =
  (line: string): Line =>
  () =>
    `${line}\r\n`;
const sayAndClose =
  (line: string): Line =>
  (socket) =>
    void socket.end(line);
const offerTls = emit("250-mx.example.net\r\n250 STARTTLS");
const withoutPipelining = emit("250 mx.example.net");

describe("an answer in words", () => {
  test.each<[string, Script, object]>([
    [
      "a refused recipient is refused, and the contact invalid",
      { RCPT: emit("550 5.1.1 No such user") },
      { kind: "refused", statusDetails: "emailBounced", finding: "invalid" },
    ],
    [
      "so it is with a server that takes one command at a time",
      { EHLO: withoutPipelining, RCPT: emit("550 5.1.1 No such user") },
      { kind: "refused", finding: "invalid" },
    ],
    [
      "a recipient put off is not now",
      { RCPT: emit("450 4.2.0 Come back later") },
      { kind: "unavailable", statusDetails: "emailDeferred", finding: null },
    ],
    [
      "a full mailbox after the message is not now",
      { dot: emit("452 4.2.2 Over quota") },
      { kind: "unavailable", finding: null },
    ],
    [
      "spam after the message is refused, with nothing against the contact",
      { dot: emit("554 5.7.1 Spam") },
      { kind: "refused", finding: null },
    ],
    [
      "a login that fails is our fault",
      { AUTH: emit("535 5.7.8 Bad credentials") },
      { kind: "misconfigured", short: "Login refused" },
    ],
    [
      "a refused sender is our fault",
      { MAIL: emit("550 5.1.8 Bad sender") },
      { kind: "misconfigured", short: "Sender refused" },
    ],
    [
      "a refusal to greet is our fault, whatever its code says of mailboxes",
      { connect: emit("554 5.1.1 You are blocked") },
      { kind: "misconfigured", short: "Session refused" },
    ],
    [
      "a server on its way down is not now",
      { connect: emit("421 4.3.2 Shutting down") },
      { kind: "unavailable", finding: null },
    ],
    [
      "a 421 at RCPT that asks for fewer messages spends no attempt",
      { RCPT: sayAndClose("421 4.7.28 Too fast\r\n") },
      { kind: "limited", retryAfterMs: 60_000 },
    ],
    [
      "a 421 in place of the 250 is not now",
      { dot: emit("421 4.3.2 Bye") },
      { kind: "unavailable" },
    ],
    [
      "a refusal cut off in its line is a refusal",
      { dot: sayAndClose("554 5.7.1 Sp") },
      { kind: "refused" },
    ],
    [
      "a refusal in many lines is read whole",
      { RCPT: emit("550-5.1.1 The account\r\n550-5.1.1 does not\r\n550 5.1.1 exist") },
      { kind: "refused", finding: "invalid", evidence: { text: "The account does not exist" } },
    ],
  ])("%s", async (_, script, expected) => {
    expect(await sendOne(script)).toMatchObject(expected);
  });

  test("a 250 is accepted, with the server's queue id", async () => {
    const { peer, provider } = await openBoth({});
    const answer = await provider.send(email());
    expect(answer).toMatchObject({
      kind: "accepted",
      messageId: "4XyZ12",
      evidence: { provider: "smtp", code: "250", enhancedCode: "2.0.0" },
    });
    expect(peer.mails).toHaveLength(1);
  });
});

describe("no answer", () => {
  test.each<[string, Script]>([
    ["the greeting never comes", { connect: keepSilent }],
    ["the greeting trickles in past the deadline", { connect: trickle }],
    ["the greeting has no end", { connect: babble }],
    ["the greeting is no SMTP", { connect: emit("HTTP/1.1 400 Bad Request") }],
    ["the server hangs up on us", { connect: hangUp }],
    ["the server never answers to EHLO", { EHLO: keepSilent }],
    ["the server cannot do TLS after all", { EHLO: offerTls, STARTTLS: emit("454 4.7.0 Not now") }],
    ["the server never begins with TLS", { EHLO: offerTls }],
    ["the server hangs up in place of TLS", { EHLO: offerTls, STARTTLS: hangUp }],
    ["the server talks on in plain text", { EHLO: offerTls, STARTTLS: emit("220 Go\r\n250 Ok") }],
    ["the server hangs up at MAIL", { MAIL: hangUp }],
    ["the server resets at RCPT", { RCPT: reset }],
    ["the server hangs up in place of its leave to write", { DATA: hangUp }],
    ["the server resets in place of its leave to write", { DATA: reset }],
    ["the leave to write never comes", { DATA: keepSilent }],
    ["the leave to write is nonsense", { DATA: emit("199 What?") }],
  ])("is not now, and known not to be sent, when %s", async (_, script) => {
    const { peer, provider } = await openBoth(script, DEADLINE_MS);
    expect(await provider.send(email())).toMatchObject({ kind: "unavailable", finding: null });
    expect(peer.mails).toHaveLength(0);
  });

  test.each<[string, Script]>([
    ["the connection ends after the message", { dot: hangUp }],
    ["the connection is reset after the message", { dot: reset }],
    ["the connection ends within the message", { body: hangUp }],
    ["the connection is reset within the message", { body: reset }],
    ["the server never answers to the message", { dot: keepSilent }],
    ["the answer to the message trickles in past the deadline", { dot: trickle }],
    ["the answer to the message has no end", { dot: babble }],
    ["the answer to the message is no SMTP", { dot: emit("So long, and thanks") }],
    ["the answer to the message is another leave to write", { dot: emit("354 Go on") }],
    [
      "the server accepts before it has the message",
      { DATA: emit("354 Go ahead\r\n250 Got it"), dot: keepSilent },
    ],
  ])("leaves the outcome unknown when %s", async (_, script) => {
    const { peer, provider } = await openBoth(script);
    const answer = await pastDeadline(
      () => provider.send(email()),
      () => peer.mails.length === 1,
    );
    expect(answer).toMatchObject({ kind: "unknown", long: expect.stringContaining("Message-ID") });
  });

  test("is unavailable when no server listens", async () => {
    const { peer, provider } = await openBoth({});
    await peer.close();
    expect(await provider.send(email())).toMatchObject({
      kind: "unavailable",
      short: "Mail server not reached",
      evidence: { code: "ECONNREFUSED" },
    });
  });

  test("is not now when the host has no address", async () => {
    const provider = openSmtp({ url: "smtp://mx.invalid:2525", deadlineMs: NEVER_MS });
    opened.push(provider);
    expect(await provider.send(email())).toMatchObject({ kind: "unavailable" });
  });

  test("is our fault when the server speaks no TLS where we do", async () => {
    const peer = await openScriptedSmtp();
    const provider = openSmtp({ url: `smtps://127.0.0.1:${peer.port}`, deadlineMs: NEVER_MS });
    opened.push(peer, provider);
    expect(await provider.send(email())).toMatchObject({
      kind: "misconfigured",
      short: "TLS not possible",
    });
  });
});

describe("kept sessions", () => {
  test("one session carries message after message", async () => {
    const { peer, provider } = await openBoth({});
    for (let i = 0; i < 5; i += 1) expect((await provider.send(email())).kind).toBe("accepted");
    expect(peer.connections).toBe(1);
  });

  test("a session retires after a hundred messages, and leaves nothing listening", async () => {
    const warnings: Error[] = [];
    const note = (warning: Error): unknown => warnings.push(warning);
    process.on("warning", note);
    const { peer, provider } = await openBoth({});
    for (let i = 0; i < 101; i += 1) expect((await provider.send(email())).kind).toBe("accepted");
    process.off("warning", note);
    expect(peer.connections).toBe(2);
    expect(warnings).toEqual([]);
  });

  test("a session whose message was refused half-way carries nothing more", async () => {
    const { peer, provider } = await openBoth({
      body: (_, message) =>
        peer.connections === 1 && message === 1 ? "552 5.3.4 Too large\r\n" : undefined,
    });
    const answer = await provider.send(email({ text: "line\n".repeat(500_000) }));
    expect(answer).toMatchObject({ kind: "refused", short: "Message too large" });
    expect((await provider.send(email())).kind).toBe("accepted");
    expect(peer.connections).toBe(2);
    expect(peer.heard.filter((command) => command === "RSET")).toEqual([]);
  });

  test("a session continues after a refusal, and ends after four", async () => {
    const { peer, provider } = await openBoth({ RCPT: emit("550 5.1.1 No such user") });
    for (let i = 0; i < 4; i += 1) await provider.send(email());
    expect(peer.connections).toBe(1);
    await provider.send(email());
    expect(peer.connections).toBe(2);
  });

  test("a session that the server closed after its 250 costs the next message nothing", async () => {
    const { peer, provider } = await openBoth({ dot: sayAndClose("250 2.0.0 Ok\r\n") });
    for (let i = 0; i < 3; i += 1) expect((await provider.send(email())).kind).toBe("accepted");
    expect(peer.mails).toHaveLength(3);
  });

  test("a session that the server closed at the next MAIL costs the message nothing", async () => {
    const { peer, provider } = await openBoth({
      MAIL: (socket, message) =>
        message === 2 && peer.connections === 1 ? hangUp(socket, message) : "250 Ok\r\n",
    });
    for (let i = 0; i < 3; i += 1) expect((await provider.send(email())).kind).toBe("accepted");
    expect(peer.mails).toHaveLength(3);
    expect(peer.connections).toBe(2);
  });

  test("the 421 that ends a kept session is reported, not hidden", async () => {
    const { provider } = await openBoth({
      MAIL: (socket, message) =>
        message === 2 ? void socket.end("421 4.7.28 Too fast\r\n") : "250 Ok\r\n",
    });
    expect(await provider.send(email())).toMatchObject({ kind: "accepted" });
    expect(await provider.send(email())).toMatchObject({
      kind: "limited",
      evidence: { code: "421" },
    });
  });

  test("a server that answers twice spoils no other message", async () => {
    const { peer, provider } = await openBoth({ dot: emit("250 Ok\r\n250 Ok") });
    for (let i = 0; i < 4; i += 1) expect((await provider.send(email())).kind).toBe("accepted");
    expect(peer.mails).toHaveLength(4);
  });

  test("a session whose outcome is unknown carries nothing more", async () => {
    const { peer, provider } = await openBoth({
      dot: (_, message) => (message === 1 ? "354 Go on\r\n" : "250 Ok\r\n"),
    });
    expect((await provider.send(email())).kind).toBe("unknown");
    expect((await provider.send(email())).kind).toBe("accepted");
    expect(peer.connections).toBe(2);
  });

  test("closing opens no other session for messages in flight", async () => {
    const { peer, provider } = await openBoth({
      MAIL: (_, message) => (message === 1 ? "250 Ok\r\n" : undefined),
    });
    await provider.send(email());
    const sending = provider.send(email());
    await expect.poll(() => peer.heard.filter((line) => line.startsWith("MAIL"))).toHaveLength(2);
    await provider.close();
    expect((await sending).kind).toBe("unavailable");
    expect(peer.connections).toBe(1);
  });

  test("closing drops messages in flight, and their outcome is unknown", async () => {
    const { peer, provider } = await openBoth({ dot: keepSilent });
    const sending = provider.send(email());
    await expect.poll(() => peer.mails).toHaveLength(1);
    await provider.close();
    expect(await sending).toMatchObject({ kind: "unknown" });
  });
});

describe("a message that never reaches the server", () => {
  test.each([
    "jane.doe@example.com, john@example.com",
    "jane.doe@example.com\r\nRCPT TO:<john@example.com>",
    "<jane.doe@example.com>",
    "jane doe@example.com",
    "jane\u202E@example.com",
    "jane.doe",
    "@example.com",
    "",
  ])("the address %j, which is not one plain mailbox", async (to) => {
    const { peer, provider } = await openBoth({});
    expect(await provider.send(email({ to }))).toMatchObject({
      kind: "refused",
      finding: "invalid",
    });
    expect(peer.connections).toBe(0);
  });

  test("a sender that is no mailbox, which is our fault", async () => {
    const { peer, provider } = await openBoth({});
    expect(await provider.send(email({ from: "Example Lender" }))).toMatchObject({
      kind: "misconfigured",
    });
    expect(peer.connections).toBe(0);
  });

  test("a password, over a connection that a stranger may read", async () => {
    const { peer } = await openBoth({});
    const provider = openSmtp({
      url: `smtp://tidings:s3cret@127.0.0.1:${peer.port}?requireTLS=true`,
      deadlineMs: DEADLINE_MS,
    });
    opened.push(provider);
    expect((await provider.send(email())).kind).not.toBe("accepted");
    expect(peer.heard.some((line) => line.startsWith("AUTH"))).toBe(false);
  });
});

describe("for every text of a message", () => {
  test("it is answered, and reaches no other recipient", async () => {
    const { peer, provider } = await openBoth({});
    const wild = fc.string({
      unit: fc.constantFrom(
        "a",
        ".",
        "@",
        "\r",
        "\n",
        "\0",
        "<",
        ">",
        ",",
        '"',
        " ",
        "é",
        "\u202E",
        "\uD83D",
        "RCPT TO:",
        "Bcc: x@example.com",
      ),
    });
    const fields = fc.record({
      to: fc.oneof(wild, fc.emailAddress()),
      toName: wild,
      subject: wild,
      text: wild,
      html: wild,
    });
    const property = fc.asyncProperty(fields, async (message) => {
      peer.heard.length = 0;
      peer.mails.length = 0;
      const { kind } = await provider.send(email(message));
      expect(["accepted", "refused"]).toContain(kind);
      expect(peer.heard.filter((command) => command.startsWith("RCPT")).length).toBeLessThan(2);
      expect(peer.mails.join("").split("\r\n\r\n")[0]).not.toMatch(/^(bcc|rcpt)/imu);
    });
    await fc.assert(property, { numRuns: 300 });
  });
});

describe("over TLS, with a login", () => {
  /** Without its own identity it has the certificate of the smtp-server package, which has expired. */
  async function openTlsPeer(
    secure: boolean,
    identity: Partial<Identity> = {},
  ): Promise<{ port: number; took: string[] }> {
    const took: string[] = [];
    const server = new SMTPServer({
      ...identity,
      secure,
      logger: false,
      disableReverseLookup: true,
      closeTimeout: 100,
      onAuth: ({ username, password }, _session, callback) =>
        callback(null, password === "s3cret" ? { user: username } : { message: "No" }),
      onData(stream, { secure: encrypted, user }, callback) {
        stream.resume().on("end", () => {
          took.push(`${encrypted ? "encrypted" : "plain"}, from ${user}`);
          callback();
        });
      },
    });
    server.on("error", () => {});
    server.listen(0, "127.0.0.1");
    await once(server.server, "listening");
    // not listenOnLoopback: Node crashes when the socket under a TLS server's socket is destroyed
    opened.push({ close: () => new Promise((closed) => server.close(() => closed())) });
    return { port: (server.server.address() as AddressInfo).port, took };
  }

  async function sendTo(url: string): Promise<ProviderAnswer> {
    const provider = openSmtp({ url, deadlineMs: NEVER_MS });
    opened.push(provider);
    return provider.send(email());
  }

  test.each(["smtp", "smtps"])("%s goes encrypted and signed in", async (scheme) => {
    const { port, took } = await openTlsPeer(scheme === "smtps");
    const url = `${scheme}://tidings:s3cret@127.0.0.1:${port}?rejectUnauthorized=false`;
    expect(await sendTo(url)).toMatchObject({ kind: "accepted" });
    expect(took).toEqual(["encrypted, from tidings"]);
  });

  describe.each(["smtp", "smtps"])("%s to a peer that cannot show who it is", (scheme) => {
    const known = createAuthority("Known Authority");
    const stranger = createAuthority("Unknown Authority");
    const before = getCACertificates("default");
    beforeAll(() => setDefaultCACertificates([...before, known.cert]));
    afterAll(() => setDefaultCACertificates(before));

    test("works with a certificate of an authority that is trusted", async () => {
      const { port, took } = await openTlsPeer(scheme === "smtps", known.issue("127.0.0.1"));
      const answer = await sendTo(`${scheme}://tidings:s3cret@127.0.0.1:${port}`);
      expect(answer).toMatchObject({ kind: "accepted" });
      expect(took).toHaveLength(1);
    });

    test.each<[string, Identity]>([
      ["of an unknown authority", stranger.issue("127.0.0.1")],
      ["signed by itself", stranger],
      ["that has expired", known.issue("127.0.0.1", { from: -30, to: -1 })],
      ["that is not valid yet", known.issue("127.0.0.1", { from: 1, to: 30 })],
      ["of another host", known.issue("mail.example.com")],
    ])("a certificate %s is our fault, and nothing is sent", async (_, identity) => {
      const { port, took } = await openTlsPeer(scheme === "smtps", identity);
      const answer = await sendTo(`${scheme}://tidings:s3cret@127.0.0.1:${port}`);
      expect(answer).toMatchObject({ kind: "misconfigured", short: "Certificate not accepted" });
      expect(took).toEqual([]);
    });
  });

  test("a wrong password is our fault", async () => {
    const { port } = await openTlsPeer(false);
    const url = `smtp://tidings:wr0ng@127.0.0.1:${port}?rejectUnauthorized=false`;
    expect(await sendTo(url)).toMatchObject({ kind: "misconfigured", short: "Login refused" });
  });
});

describe("evidence", () => {
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  test.each<[string, string]>([
    ["AUTH PLAIN", `bad AUTH PLAIN ${base64("\0tidings\0s3cret")}`],
    ["AUTH PLAIN with an identity", `bad ${base64("tidings\0tidings\0s3cret")}`],
    ["AUTH LOGIN", `bad ${base64("tidings")} ${base64("s3cret")}`],
    ["base64 without its padding", `bad ${base64("\0tidings\0s3cret").replace(/=+$/u, "")}`],
    ["the password itself", "no user tidings with s3cret"],
    ["what followed AUTH, whoever it was", `bad AUTH LOGIN c29tZWJvZHk6aHVudGVyMg==`],
  ])("does not repeat our login, as %s", async (_, words) => {
    const answer = await sendOne({ AUTH: emit(`535 5.7.8 ${words}`) });
    expect(answer).toMatchObject({ kind: "misconfigured", short: "Login refused" });
    const text = answer.evidence.text ?? "";
    expect(text).toContain("[removed]");
    expect(text).not.toMatch(/tidings|s3cret|AHRpZGluZ3|dGlkaW5nc|czNjcmV0|c29tZWJvZHk/u);
  });

  test("keeps what a server says of AUTH in plain words", async () => {
    const answer = await sendOne({
      AUTH: emit("535 5.7.8 AUTH PLAIN unsuccessful: Authentication disabled"),
    });
    expect(answer.evidence.text).toBe("AUTH PLAIN unsuccessful: Authentication disabled");
  });

  test.each<[string, Script]>([
    [
      "the whole address",
      { RCPT: emit("550 5.1.1 <jane.doe@example.com>: Recipient address rejected") },
    ],
    ["the mailbox's name alone", { RCPT: emit("550 5.1.1 jane.doe: no such user") }],
    [
      "the borrower's name",
      { dot: emit("554 5.7.1 Jane Doe does not want mail, call 212-555-0123") },
    ],
  ])("does not repeat %s", async (_, script) => {
    const { evidence } = await sendOne(script);
    expect(JSON.stringify(evidence)).not.toMatch(/jane|doe\b|example\.com|0123/iu);
    expect(evidence.text).toBeTruthy();
  });
});
