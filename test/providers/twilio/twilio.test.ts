import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import type { TextMessage } from "../../../src/domain/deliver/message.ts";
import type { UnknownOutcome } from "../../../src/domain/settle/unknown-outcome.ts";
import type { ProviderAnswer } from "../../../src/domain/provider-answer.ts";
import type { Provider } from "../../../src/providers/answer/provider.ts";
import { listenOnLoopback } from "../../../src/providers/sandbox/loopback.ts";
import type { SupportsLookup } from "../../../src/providers/twilio/lookup.ts";
import { statusCallbackUrl } from "../../../src/providers/twilio/callbacks.ts";
import { askTwilio } from "../../../src/providers/twilio/statuses.ts";
import { openTwilio, type TwilioOptions } from "../../../src/providers/twilio/twilio.ts";
import { createAuthority } from "../certificates.ts";
import { text } from "../messages.ts";
import { pastDeadline } from "../past-deadline.ts";
import { NEVER_MS } from "../../never.ts";
import {
  accept,
  babble,
  hangUp,
  keepSilent,
  openScriptedHttp,
  httpError,
  reply,
  reset,
  SID,
  trickle,
  trickleHeaders,
  type ScriptedHttp,
  type Serve,
} from "../scripted-http.ts";
import { interaction } from "../../ids.ts";

/** For calls that end the same way whenever their deadline passes. */
const DEADLINE_MS = 500;
const ACCOUNT = { accountSid: `AC${"1".repeat(32)}`, authToken: "s3cret-t0ken" };
const opened: { close(): Promise<void> }[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});

function openProvider(options: Partial<TwilioOptions>): Provider<TextMessage> & SupportsLookup {
  const provider = openTwilio({
    ...ACCOUNT,
    from: "+15005550006",
    deadlineMs: NEVER_MS,
    ...options,
  });
  opened.push(provider);
  return provider;
}

async function openBoth(
  serve: Serve,
  options: Partial<TwilioOptions> = {},
): Promise<{ peer: ScriptedHttp; provider: Provider<TextMessage> & SupportsLookup }> {
  const peer = await openScriptedHttp(serve);
  opened.push(peer);
  return { peer, provider: openProvider({ apiUrl: `http://127.0.0.1:${peer.port}`, ...options }) };
}

async function sendOne(serve: Serve): Promise<ProviderAnswer> {
  const { provider } = await openBoth(serve);
  return provider.send(text());
}

/** The channel on which Node reports that a client has read the head of a reply. */
const HEAD_READ = "http.client.response.finish";

const html = "<html><body>Sorry</body></html>";

describe("an answer of Twilio's", () => {
  test("201 with a sid is accepted, and the form is what was meant", async () => {
    const { peer, provider } = await openBoth(accept);
    const message = text({ body: "¿Qué tal? & more = 100 %" });
    expect(await provider.send(message)).toMatchObject({
      kind: "accepted",
      messageId: SID,
      evidence: { provider: "twilio", code: "201", text: "queued" },
    });
    expect(peer.forms.map((form) => Object.fromEntries(form))).toEqual([
      { To: message.to, From: "+15005550006", Body: message.body },
    ]);
  });

  test("the form has the URL of the status callback, if there is one", async () => {
    const { peer, provider } = await openBoth(accept, {
      statusCallback: (id) => statusCallbackUrl("https://lender.example/", id),
    });
    await provider.send(text({ interactionId: interaction("7") }));
    expect(peer.forms[0]?.get("StatusCallback")).toBe(
      "https://lender.example/providers/twilio/status?interaction=7#rc=4&rp=all",
    );
  });

  test.each<[string, object]>([
    ["accepted", { status: "attempted", statusDetails: "textQueued" }],
    ["scheduled", { status: "attempted", statusDetails: "textQueued" }],
    ["queued", { status: "attempted", statusDetails: "textQueued" }],
    ["sending", { status: "attempted", statusDetails: "textQueued" }],
    ["sent", { status: "attempted", statusDetails: "textSent" }],
    ["partially_delivered", { status: "attempted", statusDetails: "textSent" }],
    ["delivered", { status: "succeeded", statusDetails: "textDelivered" }],
    ["read", { status: "succeeded", statusDetails: "textRead" }],
    ["a status of next year", { status: "attempted", statusDetails: "textQueued" }],
  ])("201 with the status %j is accepted, as far as that status says", async (status, expected) => {
    expect(await sendOne(reply(201, { sid: SID, status, error_code: null }))).toMatchObject({
      kind: "accepted",
      messageId: SID,
      ...expected,
    });
  });

  test.each<[string, number | null, object]>([
    ["failed", 30007, { kind: "refused", short: "Filtered", statusDetails: "textUndelivered" }],
    ["failed", 21610, { kind: "refused", finding: "optedOut", statusDetails: "textOptedOut" }],
    ["undelivered", 30005, { kind: "refused", finding: "notTextable" }],
    ["undelivered", 30003, { kind: "unavailable", retryAfterMs: 1_800_000 }],
    ["failed", 30022, { kind: "limited" }],
    ["failed", 30034, { kind: "misconfigured" }],
    ["failed", null, { kind: "refused", statusDetails: "textFailed", finding: null }],
    ["undelivered", null, { kind: "refused", statusDetails: "textUndelivered", finding: null }],
    ["failed", 20500, { kind: "refused", statusDetails: "textFailed" }],
    ["failed", 39999, { kind: "refused", statusDetails: "textFailed" }],
    ["canceled", null, { kind: "refused", statusDetails: "textCanceled" }],
  ])("201 with the status %j and code %j is no success", async (status, code, expected) => {
    const answer = await sendOne(reply(201, { sid: SID, status, error_code: code }));
    expect(answer).toMatchObject({
      ...expected,
      evidence: { code: `${code ?? status}`, text: status, messageId: SID },
    });
  });

  test("a messaging service goes before a number", async () => {
    const { peer, provider } = await openBoth(accept, { messagingServiceSid: "MG1" });
    await provider.send(text());
    expect(peer.forms[0]?.get("MessagingServiceSid")).toBe("MG1");
    expect(peer.forms[0]?.has("From")).toBe(false);
  });

  test.each<[string, Serve, object]>([
    [
      "a bad number is refused, and invalid",
      httpError(400, 21211),
      { kind: "refused", finding: "invalid" },
    ],
    [
      "a landline is refused, and not textable",
      httpError(400, 21614),
      { kind: "refused", finding: "notTextable" },
    ],
    [
      "a borrower who opted out is refused, and opted out",
      httpError(400, 21610),
      { kind: "refused", finding: "optedOut" },
    ],
    [
      "a wrong token is our fault",
      httpError(401, 20003),
      { kind: "misconfigured", short: "Account refused" },
    ],
    ["a wrong account is our fault", httpError(404, 20404), { kind: "misconfigured" }],
    [
      "a bad sender is our fault",
      httpError(400, 21606),
      { kind: "misconfigured", short: "Sender refused" },
    ],
    ["Twilio's 21659 is our fault", httpError(400, 21659), { kind: "misconfigured" }],
    ["and 21660", httpError(400, 21660), { kind: "misconfigured", short: "Sender refused" }],
    ["and 21661", httpError(400, 21661), { kind: "misconfigured", short: "Sender refused" }],
    ["and 21703", httpError(400, 21703), { kind: "misconfigured" }],
    ["and every other of the messaging service", httpError(400, 21799), { kind: "misconfigured" }],
    ["a suspended account is our fault", httpError(403, 20403), { kind: "misconfigured" }],
    [
      "a code of next year is our fault when its words are about our sender",
      httpError(400, 21699, "The 'From' number is not registered for this use case"),
      { kind: "misconfigured", short: "Account or sender refused" },
    ],
    [
      "a code of next year is not our fault when its words name the recipient",
      httpError(400, 21698, "The 'To' number cannot be reached from the sender's region"),
      { kind: "refused" },
    ],
    [
      "a short code as a recipient takes no texts",
      httpError(400, 21265),
      { kind: "refused", finding: "notTextable" },
    ],
    [
      "a text to our own number is refused",
      httpError(400, 21266),
      { kind: "refused", finding: "invalid" },
    ],
    [
      "the account's daily limit is a quota",
      httpError(400, 63038),
      { kind: "limited", limit: "quota" },
    ],
    [
      "too many at once is a limit of connections",
      httpError(429, 20429, "Too many concurrent requests"),
      { kind: "limited", limit: "connections" },
    ],
    ["too many is a limit of pace", httpError(429, 20429), { kind: "limited", limit: "rate" }],
    [
      "a full queue is not now",
      httpError(429, 21611),
      { kind: "unavailable", retryAfterMs: 900_000 },
    ],
    [
      "an unknown code is refused, with nothing against the contact",
      httpError(400, 21999),
      { kind: "refused", finding: null },
    ],
    [
      "an internal error may have come after the text was taken",
      httpError(500, 20500),
      { kind: "unknown" },
    ],
    ["so may a 503", httpError(503, 20503), { kind: "unknown" }],
  ])("%s", async (_, serve, expected) => {
    expect(await sendOne(serve)).toMatchObject(expected);
  });

  test.each<[string, Record<string, string>, number | null]>([
    ["in seconds", { "Retry-After": "7" }, 7_000],
    [
      "as a date, by the server's own clock",
      { "Retry-After": "Fri, 20 Nov 2026 10:00:30 GMT", Date: "Fri, 20 Nov 2026 10:00:00 GMT" },
      30_000,
    ],
    [
      "as a date that is past",
      { "Retry-After": "Fri, 20 Nov 2026 09:00:00 GMT", Date: "Fri, 20 Nov 2026 10:00:00 GMT" },
      0,
    ],
    ["of days, cut to an hour", { "Retry-After": "999999" }, 3_600_000],
    ["of nonsense", { "Retry-After": "soon" }, null],
    ["not given", {}, null],
  ])("429 spends no attempt, with a wait %s", async (_, headers, retryAfterMs) => {
    const serve = reply(429, { code: 20429, message: "Too Many Requests", status: 429 }, headers);
    expect(await sendOne(serve)).toMatchObject({ kind: "limited", retryAfterMs });
  });

  test("every call gets its own Retry-After", async () => {
    const waits = Array.from({ length: 20 }, (_, i) => i + 1);
    const answersHeld: (() => void)[] = [];
    const { provider } = await openBoth(
      (response, form, request) => {
        const wait = (form.get("Body") ?? "").replace("wait ", "");
        const answer = reply(429, { code: 20429, message: "Slow" }, { "Retry-After": wait });
        answersHeld.push(() => answer(response, form, request));
        // the last request is answered first
        if (answersHeld.length === waits.length) for (const one of answersHeld.toReversed()) one();
      },
      { slots: waits.length },
    );
    const answers = await Promise.all(
      waits.map((wait) => provider.send(text({ body: `wait ${wait}` }))),
    );
    expect(answers.map((answer) => answer.kind === "limited" && answer.retryAfterMs)).toEqual(
      waits.map((wait) => wait * 1_000),
    );
  });
});

describe("an answer from a proxy", () => {
  test.each<[string, Serve]>([
    ["201 without a sid", reply(201, { status: "queued" })],
    ["201 with a sid that is none", reply(201, { sid: "SM1", status: "queued" })],
    ["201 with null", reply(201, "null")],
    ["201 with nothing", reply(201, "")],
    ["201 with a list", reply(201, [])],
    ["201 with HTML", reply(201, html)],
    ["200 with HTML", reply(200, html)],
    ["201 cut short", reply(201, `{"sid": "${SID}"`)],
    ["302", reply(302, "", { Location: "http://127.0.0.1:1/" })],
    ["502 with HTML", reply(502, html)],
    ["504 with nothing", reply(504, "")],
  ])("%s leaves the outcome unknown", async (_, serve) => {
    expect(await sendOne(serve)).toMatchObject({ kind: "unknown" });
  });

  test.each<[number, string]>([
    [400, "unavailable"],
    [408, "unavailable"],
    [413, "unavailable"],
    [401, "misconfigured"],
    [403, "misconfigured"],
    [404, "misconfigured"],
    [407, "misconfigured"],
    [429, "limited"],
  ])("%i with HTML is %s, and nothing against the number", async (status, kind) => {
    const answer = await sendOne(reply(status, html));
    expect(answer).toMatchObject({ kind, evidence: { code: `${status}` } });
    expect("finding" in answer ? answer.finding : null).toBeNull();
  });

  test("a refusal whose body never ends keeps its status", async () => {
    const { provider } = await openBoth(
      (response) => void response.writeHead(429, { "Retry-After": "3" }).write("{"),
    );
    let heads = 0;
    const count = (): void => void (heads += 1);
    subscribe(HEAD_READ, count);
    onTestFinished(() => void unsubscribe(HEAD_READ, count));
    const answer = await pastDeadline(
      () => provider.send(text()),
      () => heads === 1,
    );
    expect(answer).toMatchObject({ kind: "limited", retryAfterMs: 3_000 });
  });
});

describe("no answer", () => {
  test.each<[string, Serve]>([
    ["the server never answers", keepSilent],
    ["the server hangs up", hangUp],
    ["the server resets the connection", reset],
    ["the answer trickles in past the deadline", trickle],
    ["the answer's header trickles in past the deadline", trickleHeaders],
    [
      "the answer is no HTTP",
      (response) => void response.socket?.end("220 mx.example.net ready\r\n"),
    ],
  ])("leaves the outcome unknown when %s", async (_, serve) => {
    const { peer, provider } = await openBoth(serve);
    const answer = await pastDeadline(
      () => provider.send(text()),
      () => peer.forms.length === 1,
    );
    expect(answer).toMatchObject({ kind: "unknown" });
  });

  test("an answer of megabytes is not swallowed whole", async () => {
    const { peer, provider } = await openBoth(babble);
    const before = process.memoryUsage.rss();
    expect(await provider.send(text())).toMatchObject({ kind: "unknown" });
    expect(process.memoryUsage.rss() - before).toBeLessThan(32 * 2 ** 20);
    expect(peer.forms).toHaveLength(1);
  });

  test("is unavailable when no server listens", async () => {
    const { peer, provider } = await openBoth(accept);
    await peer.close();
    expect(await provider.send(text())).toMatchObject({
      kind: "unavailable",
      short: "Twilio not reached",
      evidence: { code: "ECONNREFUSED" },
    });
  });

  test("is not now when the host has no address", async () => {
    const provider = openProvider({ apiUrl: "http://api.invalid" });
    expect(await provider.send(text())).toMatchObject({ kind: "unavailable" });
  });

  test("is our fault when the peer speaks no TLS", async () => {
    const { peer } = await openBoth(accept);
    const provider = openProvider({ apiUrl: `https://127.0.0.1:${peer.port}` });
    expect(await provider.send(text())).toMatchObject({ kind: "misconfigured" });
    expect(peer.forms).toHaveLength(0);
  });

  test("is our fault when the peer's certificate is not trusted", async () => {
    const asked: string[] = [];
    const identity = createAuthority("Unknown Authority").issue("127.0.0.1");
    const server = createHttpsServer({ ...identity }, (request) => asked.push(request.url ?? ""));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    opened.push({ close: () => new Promise((closed) => server.close(() => closed())) });
    const { port } = server.address() as AddressInfo;
    const provider = openProvider({ apiUrl: `https://127.0.0.1:${port}` });
    expect(await provider.send(text())).toMatchObject({
      kind: "misconfigured",
      short: "Certificate not accepted",
    });
    expect(asked).toEqual([]);
  });

  test("is not now when the peer takes the connection and never speaks TLS", async () => {
    const peer = await listenOnLoopback(createServer());
    opened.push(peer);
    const provider = openProvider({
      apiUrl: `https://127.0.0.1:${peer.port}`,
      deadlineMs: DEADLINE_MS,
    });
    expect(await provider.send(text())).toMatchObject({
      kind: "unavailable",
      evidence: { code: "ETIMEDOUT" },
    });
  });

  test("on a connection kept from an earlier call leaves the outcome unknown", async () => {
    let calls = 0;
    const { peer, provider } = await openBoth((...request) =>
      ((calls += 1) === 1 ? accept : reset)(...request),
    );
    expect((await provider.send(text())).kind).toBe("accepted");
    expect((await provider.send(text())).kind).toBe("unknown");
    expect(peer.forms).toHaveLength(2);
  });

  test("on a connection handed over by a call before it leaves the outcome unknown", async () => {
    let calls = 0;
    const { provider } = await openBoth(
      (...request) => ((calls += 1) === 1 ? accept : reset)(...request),
      { slots: 1 },
    );
    const answers = await Promise.all([provider.send(text()), provider.send(text())]);
    expect(answers.map(({ kind }) => kind)).toEqual(["accepted", "unknown"]);
  });

  test("closing drops messages in flight, and their outcome is unknown", async () => {
    const { peer, provider } = await openBoth(keepSilent);
    const sending = provider.send(text());
    await expect.poll(() => peer.forms).toHaveLength(1);
    await provider.close();
    expect(await sending).toMatchObject({ kind: "unknown" });
  });
});

describe("settings the client refuses", () => {
  test("are our fault, and nothing is sent", async () => {
    const { peer, provider } = await openBoth(accept, { accountSid: "XX1" });
    expect(await provider.send(text())).toMatchObject({
      kind: "misconfigured",
      short: "Request not made",
    });
    expect(peer.forms).toHaveLength(0);
  });
});

describe("evidence", () => {
  test("repeats neither the number nor the credentials", async () => {
    for (const serve of [
      httpError(400, 21211, "The 'To' number +12125550123 is not valid for s3cret"),
      httpError(
        401,
        20003,
        `Basic ${btoa(`${ACCOUNT.accountSid}:${ACCOUNT.authToken}`)} is unknown`,
      ),
      httpError(401, 20003, `${ACCOUNT.accountSid} may not use ${ACCOUNT.authToken}`),
      reset,
      keepSilent,
    ]) {
      const { provider } = await openBoth(serve, { deadlineMs: DEADLINE_MS });
      const { evidence } = await provider.send(text());
      expect(JSON.stringify(evidence)).not.toMatch(/0123|t0ken|AC1111|QUMxMTEx|your case/iu);
    }
  });
});

describe("looking for a text whose outcome is unknown", () => {
  const since = new Date("2026-11-20T10:00:30.700Z");
  const listed = (fields: object): object => ({
    sid: SID,
    to: "+12125550123",
    body: "Your case has news",
    direction: "outbound-api",
    status: "delivered",
    date_created: "Fri, 20 Nov 2026 10:00:31 +0000",
    ...fields,
  });
  const page = (messages: object[]): Serve =>
    reply(200, { messages, next_page_uri: null, page_size: 100 });
  const query = { to: "+12125550123", body: "Your case has news", since };

  test.each<[string, object[]]>([
    ["it is there", [listed({})]],
    ["it waits in Twilio's queue", [listed({ status: "queued", date_sent: null })]],
    [
      "Twilio's clock is minutes behind",
      [listed({ date_created: "Fri, 20 Nov 2026 09:51:00 +0000" })],
    ],
    ["Twilio rewrote its punctuation", [listed({ body: "“Your case” has news…" })]],
    ["others came after it", [listed({ sid: "SMx", body: "other" }), listed({})]],
  ])("finds it when %s", async (_, messages) => {
    const { provider } = await openBoth(page(messages));
    expect(await provider.findSent(query)).toMatchObject({ kind: "found", messageId: SID });
  });

  test.each<[string, number | null, object]>([
    ["delivered", null, { status: "succeeded", statusDetails: "textDelivered", failure: null }],
    ["queued", null, { status: "attempted", statusDetails: "textQueued", failure: null }],
    [
      "undelivered",
      30005,
      {
        status: "failed",
        statusDetails: "textUndelivered",
        failure: { short: "Number unknown", finding: "notTextable" },
      },
    ],
  ])(
    "says of one that is %s, with code %j, what a receipt would",
    async (status, code, expected) => {
      const { provider } = await openBoth(page([listed({ status, error_code: code })]));
      const unknown: UnknownOutcome = {
        interactionId: interaction("1"),
        channel: "text",
        onUnknown: "hold",
        earlierUnknown: 0,
        timesUnknown: 1,
        latestAt: null,
        claimedAt: since,
        to: query.to,
        body: query.body,
      };
      expect(await askTwilio(provider, unknown, [])).toMatchObject({ kind: "found", ...expected });
    },
  );

  test("passes over a text that is known to be another's", async () => {
    const other = `SM${"f".repeat(32)}`;
    const { provider } = await openBoth(page([listed({ sid: SID }), listed({ sid: other })]));
    expect(await provider.findSent({ ...query, except: [other] })).toMatchObject({
      messageId: SID,
    });
    expect(await provider.findSent({ ...query, except: [other, SID] })).toEqual({
      kind: "notFound",
    });
  });

  test("chooses the nearest to the attempt of two equal texts", async () => {
    const later = listed({ sid: "SMx", date_created: "Fri, 20 Nov 2026 10:07:00 +0000" });
    const { provider } = await openBoth(page([later, listed({})]));
    expect(await provider.findSent(query)).toMatchObject({ messageId: SID });
  });

  test.each<[string, object[]]>([
    ["nothing is there", []],
    ["the words differ", [listed({ body: "Your loan has news" })]],
    ["it is from long before", [listed({ date_created: "Fri, 20 Nov 2026 09:49:00 +0000" })]],
    ["it is the borrower's own", [listed({ direction: "inbound" })]],
  ])("does not find it when %s", async (_, messages) => {
    const { provider } = await openBoth(page(messages));
    expect(await provider.findSent(query)).toEqual({ kind: "notFound" });
  });

  test("asks for the number alone, since a queued text has no date to filter by", async () => {
    const asked: string[] = [];
    const { provider } = await openBoth((response, form, request) => {
      asked.push(request.url ?? "");
      page([])(response, form, request);
    });
    await provider.findSent(query);
    expect(asked).toEqual([
      `/2010-04-01/Accounts/${ACCOUNT.accountSid}/Messages.json?To=%2B12125550123&PageSize=100`,
    ]);
  });

  test.each<[string, Serve]>([
    ["Twilio refuses", httpError(401, 20003)],
    ["Twilio is down", reply(503, html)],
    ["Twilio is silent", keepSilent],
    ["the answer makes no sense", reply(200, {})],
    ["a date makes no sense", page([listed({ date_created: "yesterday" })])],
    [
      "a full page of newer texts may hide it",
      page(Array.from({ length: 100 }, () => listed({ body: "other" }))),
    ],
  ])("is unavailable when %s", async (_, serve) => {
    const { provider } = await openBoth(serve, { deadlineMs: DEADLINE_MS });
    expect(await provider.findSent(query)).toEqual({ kind: "unavailable" });
  });
});
