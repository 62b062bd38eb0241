import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import PostalMime from "postal-mime";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { EmailMessage, TextMessage } from "../../../src/domain/deliver/message.ts";
import type { Provider } from "../../../src/providers/answer/provider.ts";
import { openMailSink } from "../../../src/providers/sandbox/mail-sink.ts";
import { createScripts } from "../../../src/providers/sandbox/scripts.ts";
import {
  SCRIPTED_MAILBOXES,
  SCRIPTED_NUMBERS,
} from "../../../src/providers/sandbox/scripted-recipients.ts";
import { createSandboxTexts } from "../../../src/providers/sandbox/text-log.ts";
import { openTextSink } from "../../../src/providers/sandbox/text-sink.ts";
import { openSmtp } from "../../../src/providers/smtp/smtp.ts";
import type { SupportsLookup } from "../../../src/providers/twilio/lookup.ts";
import { openTwilio } from "../../../src/providers/twilio/twilio.ts";
import { email, text } from "../messages.ts";
import { NEVER_MS } from "../../never.ts";
import { interaction } from "../../ids.ts";

/** For the scripts that never answer. The message is on its way long before it passes. */
const DEADLINE_MS = 1_500;
const deadlineOf = (recipient: string): number =>
  ["hangs", "+15005550103"].includes(recipient) ? DEADLINE_MS : NEVER_MS;
const ACCOUNT = { accountSid: `AC${"0".repeat(32)}`, authToken: "any", from: "+15005550006" };
let folder: string;
let outbox: string;
const opened: { close(): Promise<void> }[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tidings-sandbox-"));
  outbox = join(folder, "outbox");
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
  await rm(folder, { recursive: true });
});

async function openMail(
  deadlineMs = NEVER_MS,
): Promise<{ provider: Provider<EmailMessage>; url: string }> {
  const sink = await openMailSink({ outbox });
  const provider = openSmtp({ url: sink.url, deadlineMs });
  opened.push(sink, provider);
  return { provider, url: sink.url };
}

async function openTexts(deadlineMs = NEVER_MS): Promise<{
  provider: Provider<TextMessage> & SupportsLookup;
  url: string;
}> {
  const sink = await openTextSink({ ...ACCOUNT, outbox });
  const provider = openTwilio({ ...ACCOUNT, apiUrl: sink.url, deadlineMs });
  opened.push(sink, provider);
  return { provider, url: sink.url };
}

const files = async (): Promise<string[]> => (await readdir(outbox)).toSorted();

describe("the sandbox's mail server", () => {
  test("stores each email in a separate file, by its interaction, readable by the owner only", async () => {
    const { provider } = await openMail();
    expect(
      await provider.send(email({ interactionId: interaction("41"), subject: "Señal" })),
    ).toMatchObject({
      kind: "accepted",
    });
    expect(await provider.send(email({ interactionId: interaction("42") }))).toMatchObject({
      kind: "accepted",
    });
    expect(await files()).toEqual(["41.eml", "42.eml"]);
    const mail = await PostalMime.parse(await readFile(join(outbox, "41.eml")));
    expect(mail.subject).toBe("Señal");
    expect((await stat(outbox)).mode & 0o777).toBe(0o700);
    expect((await stat(join(outbox, "41.eml"))).mode & 0o777).toBe(0o600);
  });

  test("keeps a mail that was sent twice twice", async () => {
    const { provider } = await openMail();
    const message = email({ interactionId: interaction("41") });
    for (let i = 0; i < 3; i += 1) await provider.send(message);
    expect(await files()).toEqual(["41-2.eml", "41-3.eml", "41.eml"]);
  });

  test("does not name a file by a header with an invalid id", async () => {
    const { provider } = await openMail();
    await provider.send(email({ interactionId: interaction("../../escaped") }));
    expect(await files()).toEqual(["mail.eml"]);
  });

  test.each<[string, string[], number]>([
    ["no-such-mailbox", ["refused", "refused"], 0],
    ["refused-spam", ["refused", "refused"], 0],
    ["mailbox-full", ["unavailable", "unavailable"], 0],
    ["mailbox-full-once", ["unavailable", "accepted"], 1],
    ["greylisted-once", ["unavailable", "accepted"], 1],
    ["rate-limited-once", ["limited", "accepted"], 1],
    ["hangs", ["unknown", "unknown"], 0],
    ["dropped-after-data", ["unknown", "unknown"], 2],
    ["dropped-after-data-once", ["unknown", "accepted"], 2],
    ["late-bounce", ["accepted", "accepted"], 2],
    ["delivered", ["accepted", "accepted"], 2],
    ["pat+delivered", ["accepted", "accepted"], 2],
  ])("follows the script of %s@: %j, with %i kept", async (mailbox, expected, kept) => {
    const { provider } = await openMail(deadlineOf(mailbox));
    const message = email({ to: `${mailbox}@example.org` });
    const kinds = [];
    for (let i = 0; i < 2; i += 1) kinds.push((await provider.send(message)).kind);
    expect(kinds).toEqual(expected);
    expect(await files()).toHaveLength(kept);
  });

  test("applies a script with once to the first attempt of each message", async () => {
    const { provider } = await openMail();
    for (let i = 0; i < 2; i += 1)
      expect((await provider.send(email({ to: "greylisted-once@example.org" }))).kind).toBe(
        "unavailable",
      );
  });

  test("takes no mail of more than a megabyte", async () => {
    const { provider } = await openMail();
    const message = email({ text: "too much\n".repeat(150_000), html: null });
    expect(await provider.send(message)).toMatchObject({
      kind: "refused",
      short: "Message too large",
    });
    expect((await provider.send(email({ interactionId: interaction("7") }))).kind).toBe("accepted");
    expect(await files()).toEqual(["7.eml"]);
  });

  test("outlives a client that goes away in the middle of a mail", async () => {
    const { provider, url } = await openMail();
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let heard = "";
    socket.on("data", (chunk) => (heard += String(chunk)));
    // a client that speaks before the greeting is hung up on
    await expect.poll(() => heard).toContain("220 ");
    socket.write(
      "EHLO x\r\nMAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nSubject: half",
    );
    await expect.poll(() => heard).toContain("\r\n354 ");
    socket.resetAndDestroy();
    expect((await provider.send(email())).kind).toBe("accepted");
    expect(await files()).toHaveLength(1);
  });
});

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

describe("the sandbox's Twilio", () => {
  const ask = async (
    url: string,
    path: string,
    init: RequestInit = {},
  ): Promise<[number, Record<string, unknown>]> => {
    const headers = { authorization: basic(ACCOUNT.accountSid, ACCOUNT.authToken) };
    const response = await fetch(`${url}/2010-04-01/Accounts/${ACCOUNT.accountSid}${path}`, {
      headers,
      ...init,
    });
    return [response.status, (await response.json()) as Record<string, unknown>];
  };
  const post = (fields: Record<string, string>): RequestInit => ({
    method: "POST",
    headers: { authorization: basic(ACCOUNT.accountSid, ACCOUNT.authToken) },
    body: new URLSearchParams(fields),
  });

  test.each([
    ["no credentials", undefined, ACCOUNT.accountSid],
    ["another token", basic(ACCOUNT.accountSid, "other"), ACCOUNT.accountSid],
    ["another user", basic("x", ACCOUNT.authToken), ACCOUNT.accountSid],
    ["another account", basic(ACCOUNT.accountSid, ACCOUNT.authToken), `AC${"1".repeat(32)}`],
  ])("shows texts to its own account only: %s", async (_, authorization, account) => {
    const { provider, url } = await openTexts();
    await provider.send(text());
    const [sid = ""] = await files();
    const headers = authorization === undefined ? {} : { authorization };
    const form = new URLSearchParams({ To: "+12125550101", From: "+15005550006", Body: "x" });
    for (const [path, init] of [
      ["/Messages.json", {}],
      [`/Messages/${sid}`, {}],
      ["/Messages.json", { method: "POST", body: form }],
    ] as const) {
      const response = await fetch(`${url}/2010-04-01/Accounts/${account}${path}`, {
        headers,
        ...init,
      });
      expect([response.status, await response.json()]).toEqual([
        401,
        expect.objectContaining({ code: 20003 }),
      ]);
    }
    expect(await files()).toEqual([sid]);
  });

  test("keeps each text in a file by its sid, for the owner's eyes only", async () => {
    const { provider } = await openTexts();
    const answer = await provider.send(text({ body: "¡Hola! 👋" }));
    const sid = answer.kind === "accepted" ? answer.messageId : null;
    expect(await files()).toEqual([`${sid}.json`]);
    expect(JSON.parse(await readFile(join(outbox, `${sid}.json`), "utf8"))).toMatchObject({
      sid,
      to: "+12125550123",
      from: ACCOUNT.from,
      body: "¡Hola! 👋",
      status: "queued",
      account_sid: ACCOUNT.accountSid,
    });
    expect((await stat(join(outbox, `${sid}.json`))).mode & 0o777).toBe(0o600);
  });

  test.each<[keyof typeof SCRIPTED_NUMBERS, string[], number]>([
    ["+15005550001", ["refused", "refused"], 0],
    ["+15005550002", ["refused", "refused"], 0],
    ["+15005550003", ["refused", "refused"], 0],
    ["+15005550004", ["refused", "refused"], 0],
    ["+15005550009", ["refused", "refused"], 0],
    ["+15005550101", ["limited", "accepted"], 1],
    ["+15005550102", ["unknown", "unknown"], 2],
    ["+15005550103", ["unknown", "unknown"], 0],
    ["+15005550104", ["unknown", "unknown"], 2],
    ["+15005550105", ["unknown", "accepted"], 1],
    ["+15005550110", ["accepted", "accepted"], 2],
  ])("follows the script of %s: %j, with %i kept", async (to, expected, kept) => {
    const { provider } = await openTexts(deadlineOf(to));
    const message = text({ to });
    const kinds = [];
    for (let i = 0; i < 2; i += 1) kinds.push((await provider.send(message)).kind);
    expect(kinds).toEqual(expected);
    expect(await files()).toHaveLength(kept);
  });

  test.each([
    ["+15005550102", "found"],
    ["+15005550104", "found"],
    ["+15005550103", "notFound"],
    ["+15005550105", "notFound"],
  ])("says afterwards of the unknown outcome of %s: %s", async (to, kind) => {
    const { provider } = await openTexts(deadlineOf(to));
    const message = text({ to });
    const since = new Date();
    expect((await provider.send(message)).kind).toBe("unknown");
    expect(await provider.findSent({ to, body: message.body, since })).toMatchObject({ kind });
  });

  test.each([
    ["+15005550110", "delivered", null],
    ["+15005550111", "undelivered", 30005],
    ["+15005550112", "delivered", null],
    ["+15005550113", "delivered", null],
    ["+15005550115", "queued", null],
    ["+12125550123", "sent", null],
  ])("has in the end for a text to %s the status %s %s", async (to, status, errorCode) => {
    let now = new Date("2026-11-20T10:00:00Z");
    const sink = await openTextSink({ ...ACCOUNT, outbox, clock: () => now });
    const provider = openTwilio({ ...ACCOUNT, apiUrl: sink.url, deadlineMs: NEVER_MS });
    opened.push(sink, provider);
    const answer = await provider.send(text({ to }));
    const messageId = "messageId" in answer ? (answer.messageId ?? "") : "";
    const asked = [{ messageId, acceptedAt: now }];
    now = new Date(now.getTime() + 5_000);
    expect(await provider.readStatuses(asked)).toEqual([{ messageId, status, errorCode }]);
    // many at once are listed
    const many = Array.from({ length: 10 }, () => asked[0]).filter((one) => one !== undefined);
    expect(await provider.readStatuses(many)).toEqual([{ messageId, status, errorCode }]);
  });

  test("remembers over a restart what it took", async () => {
    const { provider } = await openTexts();
    const message = text();
    await provider.send(message);
    const { provider: next } = await openTexts();
    expect(await next.findSent({ ...message, since: new Date() })).toMatchObject({ kind: "found" });
  });

  test("answers with the whole resource, shows it, and lists by number and day", async () => {
    let now = new Date("2026-11-20T10:00:00Z");
    const sink = await openTextSink({ ...ACCOUNT, outbox, clock: () => now });
    opened.push(sink);
    const send = (To: string): RequestInit => post({ To, From: "+15005550006", Body: "Hello" });
    const [status, first] = await ask(sink.url, "/Messages.json", send("+12125550101"));
    expect(status).toBe(201);
    expect(first).toMatchObject({
      date_created: "Fri, 20 Nov 2026 10:00:00 +0000",
      date_sent: null,
      uri: `/2010-04-01/Accounts/${ACCOUNT.accountSid}/Messages/${String(first["sid"])}.json`,
    });
    now = new Date("2026-11-21T10:00:00Z");
    await ask(sink.url, "/Messages.json", send("+12125550101"));
    await ask(sink.url, "/Messages.json", send("+12125550102"));

    expect(await ask(sink.url, `/Messages/${String(first["sid"])}.json`)).toMatchObject([
      200,
      { sid: first["sid"], status: "sent" },
    ]);
    expect(await ask(sink.url, "/Messages/SM1.json")).toMatchObject([404, { code: 20404 }]);
    const count = async (query: string): Promise<number> =>
      ((await ask(sink.url, `/Messages.json?${query}`))[1]["messages"] as object[]).length;
    expect(await count("")).toBe(3);
    expect(await count("To=%2B12125550101")).toBe(2);
    expect(await count("To=%2B12125550103")).toBe(0);
    expect(await count("DateSent=2026-11-20")).toBe(1);
    expect(await count("DateSent%3E=2026-11-21T00:00:00Z")).toBe(2);
    expect(await count("DateSent%3C=2026-11-21T00:00:00Z")).toBe(1);
    expect(await count("PageSize=2")).toBe(2);
  });

  test("finds a text by its number behind a thousand newer ones", async () => {
    let ms = Date.parse("2026-11-20T10:00:00Z");
    const texts = await createSandboxTexts(outbox, () => new Date((ms += 1)));
    const addTo = (To: string): Promise<object> =>
      texts.add("AC1", new URLSearchParams({ To, From: "+15005550006", Body: "Hello" }));
    const first = await addTo("+12125550101");
    for (let n = 0; n < 1_000; n += 1) await addTo("+12125550102");
    const query = new URLSearchParams({ To: "+12125550101", PageSize: "100" });
    expect(await texts.list(query)).toMatchObject([{ sid: Reflect.get(first, "sid") }]);
  });

  test.each<[string, Record<string, string>, number]>([
    ["no number", { From: "+15005550006", Body: "x" }, 21604],
    ["no sender", { To: "+12125550123", Body: "x" }, 21603],
    ["no body", { To: "+12125550123", From: "+15005550006" }, 21602],
    [
      "a body of more than 1,600 characters",
      { To: "+12125550123", From: "+1", Body: "x".repeat(1_601) },
      21617,
    ],
  ])("refuses %s as Twilio does", async (_, fields, code) => {
    const { url } = await openTexts();
    expect(await ask(url, "/Messages.json", post(fields))).toMatchObject([400, { code }]);
  });

  test("refuses strangers, and what is not there", async () => {
    const { url } = await openTexts();
    expect(await ask(url, "/Messages.json", { headers: {} })).toMatchObject([401, { code: 20003 }]);
    expect(await ask(url, "/Calls.json")).toMatchObject([404, { code: 20404 }]);
    expect(await ask(url, "/Messages.json", post({ Body: "x".repeat(100_000) }))).toMatchObject([
      500,
      { code: 20500 },
    ]);
  });
});

describe("scripts with once", () => {
  test("are remembered for ten thousand messages, and then forgotten", () => {
    const choose = createScripts({ scripted: { description: "", once: true, script: "no" } });
    for (let i = 0; i < 10_001; i += 1) expect(choose("scripted", `${i}`)).toBe("no");
    expect(choose("scripted", "1")).toBeUndefined();
    expect(choose("scripted", "0")).toBe("no");
    expect(choose("anybody", "0")).toBeUndefined();
  });

  test("every scripted recipient says what it does", () => {
    for (const { description } of Object.values({ ...SCRIPTED_MAILBOXES, ...SCRIPTED_NUMBERS }))
      expect(description).toMatch(/^[a-z4][^.\n]{8,110}$/u);
  });
});
