import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { systemClock, type Clock } from "../../clock.ts";
import { listenOnLoopback } from "./loopback.ts";
import type { Sink } from "./mail-sink.ts";
import { createScripts, type ChooseScript } from "./scripts.ts";
import { type Answered, createReplies, type OnReply } from "./later-replies.ts";
import { callBackLater } from "./later-reports.ts";
import { SCRIPTED_NUMBERS, type NumberScript, type TextReport } from "./scripted-recipients.ts";
import { createSandboxTexts, type SandboxTexts, type StatusAt } from "./text-log.ts";

interface Account {
  readonly accountSid: string;
  readonly authToken: string;
}
export interface TextSinkOptions extends Account {
  readonly outbox: string;
  readonly clock?: Clock;
  /** Called when a scripted recipient answers a text. */
  readonly onReply?: OnReply;
}

type Reply = Extract<NumberScript, { kind: "reply" }>;
/** The result for a request: a resource, a refusal, no answer, or a dropped connection. */
type Verdict =
  | { readonly kind: "show"; readonly status: number; readonly resource: object }
  | Exclude<NumberScript, { kind: "fail" } | { kind: "report" }>;

const MESSAGES = /^\/2010-04-01\/Accounts\/(?<account>AC\w+)\/Messages(?:\/(?<sid>\w+))?\.json$/u;
const LONGEST_FORM = 65_536;

const show = (status: number, resource: object): Verdict => ({ kind: "show", status, resource });
const httpError = (status: number, code: number, message: string): Reply => ({
  kind: "reply",
  status,
  code,
  message,
});
const NOT_FOUND = httpError(404, 20404, "The requested resource was not found");

/**
 * Twilio's Message resource on loopback for tests and demos. It forwards nothing, writes every accepted text to
 * `<outbox>/<sid>.json` and follows the scripts of the scripted numbers. It answers its own account only, because every
 * process of the machine can reach it and the texts are addressed to borrowers.
 */
export async function openTextSink(options: TextSinkOptions): Promise<Sink> {
  const texts = await createSandboxTexts(options.outbox, options.clock ?? systemClock, statusAt);
  const chooseScript = createScripts(SCRIPTED_NUMBERS);
  const reply = createReplies(options.onReply ?? (() => {}));
  const server = createServer((request, response) => {
    void judge(request, { account: options, texts, chooseScript, reply })
      .catch(() => httpError(500, 20500, "Internal Server Error"))
      .then((verdict) => carryOut(verdict, response));
  });
  const loopback = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${loopback.port}`, close: () => loopback.close() };
}

interface Judging {
  readonly account: Account;
  readonly texts: SandboxTexts;
  readonly chooseScript: ChooseScript<NumberScript>;
  readonly reply: (answered: Answered) => void;
}

async function judge(
  request: IncomingMessage,
  { account: own, texts, chooseScript, reply }: Judging,
): Promise<Verdict> {
  const { pathname, searchParams } = new URL(request.url ?? "/", "http://sandbox");
  const { account, sid } = MESSAGES.exec(pathname)?.groups ?? {};
  if (account === undefined) return NOT_FOUND;
  if (account !== own.accountSid || !hasToken(request, own))
    return httpError(401, 20003, "Authenticate");
  if (sid !== undefined) {
    const text = await texts.find(sid);
    return text === null ? NOT_FOUND : show(200, text);
  }
  if (request.method !== "POST") return show(200, page(pathname, await texts.list(searchParams)));

  const form = new URLSearchParams(await readForm(request));
  const script = findFault(form) ?? chooseScript(form.get("To") ?? "", form.get("Body") ?? "");
  if (script?.kind === "fail") {
    const { status, code } = script;
    return show(201, await texts.add(account, form, { status, error_code: code }));
  }
  if (script?.kind === "report") {
    const accepted = await acceptAndReport(form, script.reports, own, texts);
    answerFor(form, reply);
    return accepted;
  }
  if (script !== undefined && !takes(script)) return script;
  const text = await texts.add(account, form);
  return script ?? show(201, text);
}

/** The sender may be a messaging service, whose numbers are not known here. */
function answerFor(form: URLSearchParams, reply: Judging["reply"]): void {
  const from = form.get("To") ?? "";
  const text = SCRIPTED_NUMBERS[from]?.answer;
  if (text === undefined) return;
  const to = form.get("From") ?? "+15005550006";
  reply({ channel: "text", provider: "twilio", from, to, text });
}

async function acceptAndReport(
  form: URLSearchParams,
  reports: readonly TextReport[],
  own: Account,
  texts: SandboxTexts,
): Promise<Verdict> {
  const text = await texts.add(own.accountSid, form);
  const url = form.get("StatusCallback");
  if (url !== null && "sid" in text)
    callBackLater({ ...own, url, messageSid: String(text.sid) }, reports);
  return show(201, text);
}

/** The scripted status of a text: that of its last report. */
function statusAt(to: string, ageMs: number): ReturnType<StatusAt> {
  const script = SCRIPTED_NUMBERS[to]?.script;
  if (script?.kind !== "report") return undefined;
  const last = script.reports.findLast(({ afterMs }) => afterMs <= ageMs);
  return { status: last?.status ?? "queued", error_code: last?.code ?? null };
}

function hasToken({ headers }: IncomingMessage, { accountSid, authToken }: Account): boolean {
  const expected = Buffer.from(
    `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString("base64")}`,
  );
  const sent = Buffer.from(headers.authorization ?? "");
  return sent.length === expected.length && timingSafeEqual(sent, expected);
}

const takes = (script: NumberScript): boolean =>
  script.kind === "acceptAndDrop" || (script.kind === "reply" && script.accepted === true);

async function readForm(request: IncomingMessage): Promise<string> {
  let form = "";
  for await (const chunk of request.setEncoding("utf8") as AsyncIterable<string>) {
    form += chunk;
    if (form.length > LONGEST_FORM) throw new Error("the form is too long");
  }
  return form;
}

/** The checks that Twilio makes before it looks at the number. */
function findFault(form: URLSearchParams): Reply | undefined {
  const body = form.get("Body") ?? "";
  if (!form.get("To")) return httpError(400, 21604, "A 'To' phone number is required");
  if (!form.get("From") && !form.get("MessagingServiceSid")) {
    return httpError(400, 21603, "A 'From' phone number is required");
  }
  if (body === "") return httpError(400, 21602, "Message body is required");
  if (body.length > 1_600) return httpError(400, 21617, "The message body exceeds 1600 characters");
  return undefined;
}

function page(uri: string, messages: readonly object[]): object {
  return {
    messages,
    page: 0,
    page_size: messages.length,
    start: 0,
    end: messages.length,
    uri,
    first_page_uri: uri,
    next_page_uri: null,
    previous_page_uri: null,
  };
}

function carryOut(verdict: Verdict, response: ServerResponse): void {
  if (verdict.kind === "hang") return;
  if (verdict.kind === "acceptAndDrop") return void response.socket?.destroy();
  if (verdict.kind === "show") return answer(response, verdict.status, verdict.resource);
  const { status, code, message, retryAfterSeconds } = verdict;
  if (retryAfterSeconds !== undefined) response.setHeader("Retry-After", retryAfterSeconds);
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  answer(response, status, { code, message, more_info, status });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}
