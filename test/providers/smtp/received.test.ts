import PostalMime, { type Email } from "postal-mime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IGNORED, openChannels, type OpenChannels } from "../../../src/channels.ts";
import { readConfig } from "../../../src/config.ts";
import { prepare } from "../../../src/decide/deliver/prepare.ts";
import { interactionOfLink, type Links } from "../../../src/decide/replies/unsubscribe.ts";
import type { FactSheet } from "../../../src/domain/deliver/fact-sheet.ts";
import { EMAILS, readStarter, type Starter } from "../../template/starter-set.ts";
import { factsOf } from "../starter-facts.ts";
import { openScriptedSmtp, type ScriptedSmtp } from "../scripted-smtp.ts";

const FROM = "Préstamos Ejemplo <notices@lender.example>";

let server: ScriptedSmtp;
let carrying: OpenChannels;

beforeAll(async () => {
  server = await openScriptedSmtp();
  carrying = await openChannels(
    readConfig({
      DELIVERY: "live",
      SMTP_URL: `smtp://127.0.0.1:${server.port}`,
      EMAIL_FROM: FROM,
      EMAIL_BOUNCE_ADDRESS: "bounces@lender.example",
      EMAIL_CONNECTIONS: "1",
    }),
    IGNORED,
  );
});
afterAll(async () => {
  await carrying.close();
  await server.close();
});

interface Received {
  /** As it came over the wire, one character a byte. */
  readonly source: string;
  readonly mail: Email;
  /** The commands of the session up to the message. */
  readonly envelope: readonly string[];
}

interface Sending {
  readonly facts?: Partial<FactSheet>;
  readonly links?: Links | null;
}

/** The whole way of a notice but for the database. */
async function send(
  starter: Starter,
  chainId: string,
  { facts = {}, links = null }: Sending = {},
): Promise<Received> {
  const prepared = prepare({ ...factsOf(starter, chainId), ...facts }, starter.template, {
    lender: { ...starter.sample.lender, country: "US", languages: ["en"] },
    senders: { email: FROM, text: "" },
    links,
    linkKeys: [],
    recipientsAllowed: null,
    canSeal: false,
    now: new Date(starter.sample.now),
  });
  if (prepared.kind !== "ready") throw new Error(prepared.withheld.long);
  const [heard, mails] = [server.heard.length, server.mails.length];
  const answer = await carrying.channels.email?.provider.send(prepared.message);
  expect(answer).toMatchObject({ kind: "accepted" });
  const source = (server.mails[mails] ?? "").replaceAll(/^\./gmu, "");
  const mail = await PostalMime.parse(Buffer.from(source, "latin1"));
  return { source, mail, envelope: server.heard.slice(heard) };
}

const header = ({ mail }: Received, name: string): string | undefined =>
  mail.headers.find(({ key }) => key === name.toLowerCase())?.value;

const wordsOf = (html: string): string => {
  const tagsAndComments = /<style>[^]*?<\/style>|<!--[^]*?-->|<title>.*?<\/title>|<[^>]+>/gu;
  return html.replaceAll(tagsAndComments, " ").replaceAll(/\s+/gu, " ");
};

describe.each(EMAILS)("%s as a receiver's server gets it", (folder) => {
  const starter = readStarter(folder);
  const chainId = folder.replaceAll(".", "-");

  test("comes to one recipient, and goes back to the address for bounces", async () => {
    const { mail, envelope } = await send(starter, chainId);
    expect(envelope.filter((command) => /^(MAIL|RCPT)/u.test(command))).toEqual([
      "MAIL FROM:<bounces@lender.example>",
      `RCPT TO:<${starter.sample.contact.value}>`,
    ]);
    expect(mail.to).toEqual([
      { name: starter.sample.contact.name, address: starter.sample.contact.value },
    ]);
    expect(mail.from).toEqual({ name: "Préstamos Ejemplo", address: "notices@lender.example" });
    expect([...(mail.cc ?? []), ...(mail.bcc ?? [])]).toEqual([]);
  });

  test("has each of its headers once", async () => {
    const received = await send(starter, chainId);
    expect(received.mail.messageId).toBe(`<tidings.${chainId}@lender.example>`);
    expect(header(received, "Auto-Submitted")).toBe("auto-generated");
    expect(header(received, "X-Tidings-Interaction-ID")).toBe(chainId);
    expect(header(received, "Content-Language")).toBe(starter.template.language);
    expect(received.mail.date).toBe(new Date(starter.sample.now).toISOString());
    const names = received.mail.headers.map(({ key }) => key);
    expect(names).toEqual([...new Set(names)]);
  });

  test("has the same Message-ID at the next attempt", async () => {
    const [first, second] = [await send(starter, chainId), await send(starter, chainId)];
    expect(second.mail.messageId).toBe(first.mail.messageId);
  });

  test("is ASCII in lines no server cuts, the plain text before the html", async () => {
    const { source } = await send(starter, chainId);
    // RFC 5322, section 2.1.1
    for (const line of source.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
    expect(source).not.toMatch(/[^\r\n\t -~]|\r(?!\n)|(?<!\r)\n/u);
    expect(source).toMatch(/^Content-Type: multipart\/alternative;/mu);
    expect(source.match(/^Content-Type: text\/\w+; charset=utf-8/gmu)).toEqual([
      "Content-Type: text/plain; charset=utf-8",
      "Content-Type: text/html; charset=utf-8",
    ]);
  });

  test("shows the same notice in both parts, in its language, and asks for nothing from elsewhere", async () => {
    const { mail } = await send(starter, chainId);
    const html = mail.html ?? "";
    expect(html).toContain(`<html lang="${starter.template.language}">`);
    expect(html).not.toMatch(
      /<(?:img|link|script|iframe|object|embed|video|base)\b|\bsrc=|url\(/iu,
    );
    expect(html).not.toMatch(/@import|@font-face/iu);
    const links = [...html.matchAll(/\bhref="([^"]*)"/gu)].map(([, link]) => link);
    expect(new Set(links).difference(new Set(["https://www.example.com/"])).size).toBe(0);
    const [words, lines] = [wordsOf(html), (mail.text ?? "").split(/\n+/u)];
    const sentences = lines.filter((line) => /[.:]$/u.test(line) && !line.includes("https:"));
    expect(sentences.length).toBeGreaterThan(2);
    for (const line of sentences)
      expect(words.replaceAll(" ", "")).toContain(line.replace(/^- /u, "").replaceAll(/\s/gu, ""));
  });
});

test.each([
  ["a header of its own", "Ana\r\nBcc: x@example.org"],
  ["an end of the headers", "Ana\r\n\r\n<script>alert(1)</script>"],
  ["a null", "Ana\u0000\u0000Example"],
  ["a turned reading direction", "Ana\u202Eelpmaxe\u2066"],
  ["an encoded word", "=?utf-8?q?Ana=0D=0ABcc:_x=40example.org?="],
  ["a second address", 'Ana" <x@example.org>, "B'],
  ["letters of any script", "Añá 王小明 👩‍👩‍👧"],
])("a name and a subject with %s stay a name and a subject", async (_, words) => {
  const starter = readStarter("dispute-received.email.en");
  const received = await send(
    {
      ...starter,
      template: { ...starter.template, subjectTemplate: "{{case.fields.words}}" },
      sample: {
        ...starter.sample,
        case: { ...starter.sample.case, fields: { words } },
        contact: { ...starter.sample.contact, name: words },
      },
    },
    "hostile",
  );
  const plain = words
    .replaceAll(/[\s\p{Cc}]+/gu, " ")
    .replaceAll(/[\u202E\u2066]/gu, "")
    .replace("=?", "= ?")
    .trim();
  expect(received.mail.subject).toBe(plain);
  expect(received.mail.to).toEqual([{ name: plain, address: "ana@example.com" }]);
  expect(received.envelope.filter((command) => command.startsWith("RCPT"))).toHaveLength(1);
  expect(received.source).not.toMatch(/^(?:Bcc:|<script>)|[^\r\n\t -~]/mu);
});

describe("the opt-out link of an email", () => {
  const links: Links = { publicUrl: "https://lender.example/tidings", keys: [Buffer.alloc(32, 5)] };

  test.each(["en", "es"])(
    "is in both parts of the layout, in %s, and is ours",
    async (language) => {
      const received = await send(readStarter(`dispute-received.email.${language}`), "501", {
        links,
      });

      const { html = "", text = "" } = received.mail;
      const [, token = ""] = /\/tidings\/opt-out\/(\S+)/u.exec(text) ?? [];
      expect(interactionOfLink(token, links.keys)).toBe("501");
      expect(html).toContain(`href="https://lender.example/tidings/opt-out/${token}"`);
    },
  );

  test("is missing without a public address", async () => {
    const { mail } = await send(readStarter("dispute-received.email.en"), "502");
    expect(`${mail.text} ${mail.html}`).not.toContain("opt-out");
  });

  test.each([
    ["a notice", { theme: "opsServicing" }, undefined],
    ["a message about collection", { theme: "opsCollDebt" }, undefined],
    ["a notice that the law requires", { theme: "opsLoanValidationOfDebtNotice" }, undefined],
    ["advertising", { theme: null, isTransactional: false }, "List-Unsubscribe=One-Click"],
  ] as const)("of %s: the header is %s %s", async (_, facts, post) => {
    const received = await send(readStarter("dispute-received.email.en"), "503", { facts, links });

    expect(header(received, "List-Unsubscribe-Post")).toBe(post);
    expect(header(received, "List-Unsubscribe")).toEqual(
      post && expect.stringMatching(/^<https:\/\/lender\.example\/tidings\/opt-out\/503-\w+>$/u),
    );
  });

  test("is no header for an address that is not https, which RFC 8058 requires", async () => {
    const received = await send(readStarter("dispute-received.email.en"), "504", {
      facts: { isTransactional: false },
      links: { ...links, publicUrl: "http://lender.example" },
    });
    expect(header(received, "List-Unsubscribe")).toBeUndefined();
  });
});
