import { hash } from "node:crypto";
import type { SMTPServerOptions } from "smtp-server";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readConfig } from "../../src/config.ts";
import type { EmailMessage, TextMessage } from "../../src/domain/deliver/message.ts";
import type { Provider } from "../../src/providers/answer/provider.ts";
import { openSmtp } from "../../src/providers/smtp/smtp.ts";
import { openTwilio } from "../../src/providers/twilio/twilio.ts";
import { EMAILS, TEXTS } from "../template/starter-set.ts";
import { type MailPeer, openMailPeer } from "./mail-peer.ts";
import { email } from "./messages.ts";
import { accept, openScriptedHttp, type ScriptedHttp } from "./scripted-http.ts";
import { openScriptedSmtp, type ScriptedSmtp } from "./scripted-smtp.ts";
import { noticeOf } from "./starter-notice.ts";

const sha256 = (bytes: Buffer | string): string => hash("sha256", bytes);

/** Bodies and names that something on the way to the socket could rewrite. */
const HARD: readonly (readonly [string, EmailMessage])[] = (
  [
    ["line feeds alone", { text: "one\ntwo\n\nthree", html: null }],
    ["carriage returns alone", { text: "one\rtwo\r\rthree", html: "<p>a\rb</p>" }],
    ["no line end at the end", { text: "the end", html: null }],
    ["an empty body", { text: "", html: null }],
    ["dots at the beginning of lines", { text: ".\n..\n.dots\n\n.", html: ".\n.\n" }],
    ["a line of 5,000 characters", { text: "long ".repeat(1_000), html: "x".repeat(5_000) }],
    ["letters of many scripts", { text: "¡Hola, José! 王小明 👩‍👩‍👧", subject: "Año — ¿sí?" }],
    ["spaces and tabs before line ends", { text: "soft \nhard\t\r\nend  ", html: null }],
    ["a name of many scripts", { toName: "Añá 王小明 👩‍👩‍👧" }],
  ] as const
).map(([name, fields]) => [name, email({ ...fields })]);

const NOTICES: readonly (readonly [string, EmailMessage])[] = [
  ...EMAILS.map((folder): readonly [string, EmailMessage] => [
    folder,
    noticeOf(folder) as EmailMessage,
  ]),
  ...HARD,
];

describe.each<[string, "smtp" | "smtps", SMTPServerOptions]>([
  ["in plain text", "smtp", { hideSTARTTLS: true }],
  ["over STARTTLS", "smtp", {}],
  ["over TLS", "smtps", { secure: true }],
  ["with 8BITMIME and SMTPUTF8 offered", "smtp", { hide8BITMIME: false, hideSMTPUTF8: false }],
  ["without 8BITMIME and SMTPUTF8", "smtp", { hide8BITMIME: true, hideSMTPUTF8: true }],
])(
  "the SHA-256 of an email, %s, is that of the bytes a mail server received",
  (_, scheme, options) => {
    let peer: MailPeer;
    let provider: Provider<EmailMessage>;
    beforeAll(async () => {
      peer = await openMailPeer(options);
      const url = `${scheme}://127.0.0.1:${peer.port}?rejectUnauthorized=false`;
      provider = openSmtp({ url, slots: 1 });
    });
    afterAll(async () => {
      await provider.close();
      await peer.close();
    });

    test.each(NOTICES)("%s", async (_name, notice) => {
      peer.received.length = 0;
      const answer = await provider.send(notice);
      expect(answer.kind).toBe("accepted");
      expect(answer.evidence.sha256).toBe(sha256(peer.received[0] ?? ""));
    });
  },
);

describe("the SHA-256 of an email", () => {
  let peer: ScriptedSmtp;
  beforeAll(async () => {
    peer = await openScriptedSmtp();
  });
  afterAll(() => peer.close());

  test.each(NOTICES)(
    "is that of the lines on the wire, without the stuffed dots: %s",
    async (_, notice) => {
      const provider = openSmtp({ url: `smtp://a:b@127.0.0.1:${peer.port}`, slots: 1 });
      peer.mails.length = 0;
      const answer = await provider.send(notice);
      await provider.close();
      const wire = (peer.mails[0] ?? "").replaceAll(/^\./gmu, "");
      expect(answer.evidence.sha256).toBe(sha256(Buffer.from(wire, "latin1")));
    },
  );

  test("holds where the address itself needs SMTPUTF8", async () => {
    const utf8 = await openMailPeer();
    const provider = openSmtp({ url: `smtp://127.0.0.1:${utf8.port}?rejectUnauthorized=false` });
    const answer = await provider.send(email({ to: "josé@example.com", toName: "José" }));
    await provider.close();
    await utf8.close();
    expect(utf8.parameters).toMatchObject([{ SMTPUTF8: true }]);
    expect(answer.evidence.sha256).toBe(sha256(utf8.received[0] ?? ""));
  });
});

describe("the SHA-256 of a text is that of the body Twilio received", () => {
  let peer: ScriptedHttp;
  beforeAll(async () => {
    peer = await openScriptedHttp(accept);
  });
  afterAll(() => peer.close());

  test.each(TEXTS)("%s", async (folder) => {
    const provider = openTwilio({
      accountSid: `AC${"0".repeat(32)}`,
      authToken: "token",
      from: readConfig({}).lender.phone,
      apiUrl: `http://127.0.0.1:${peer.port}`,
    });
    peer.forms.length = 0;
    const answer = await provider.send(noticeOf(folder) as TextMessage);
    await provider.close();
    expect(answer.evidence.sha256).toBe(sha256(peer.forms[0]?.get("Body") ?? ""));
  });
});
