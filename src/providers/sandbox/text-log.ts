import { randomBytes } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../clock.ts";
import { createOutbox } from "./outbox.ts";

/** The accepted texts, as Twilio's Message resource shows them. */
export interface SandboxTexts {
  /** Stores a text. `failure` has the fields of one that failed at once. */
  add(accountSid: string, form: URLSearchParams, failure?: object): Promise<object>;
  find(sid: string): Promise<object | null>;
  /** Newest first, by Twilio's filters To, DateSent, DateSent> and DateSent<. */
  list(query: URLSearchParams): Promise<readonly object[]>;
}

type Text = Readonly<Record<string, unknown>> & {
  readonly sid: string;
  readonly to: string;
  readonly date_created: string;
  readonly error_code: number | null;
};

/** All state is in the files, so it outlives the process. The recipients of this many are kept, so that a search by number reads each file once. */
const KEPT_RECIPIENTS = 100_000;
/** The number of files that are open at the same time. */
const READ_TOGETHER = 200;

/** The scripted status of a text to this number at this age (ms); undefined if it follows no script. */
export type StatusAt = (
  to: string,
  ageMs: number,
) => { readonly status: string; readonly error_code: number | null } | undefined;

export async function createSandboxTexts(
  outbox: string,
  clock: Clock,
  statusAt: StatusAt = () => undefined,
): Promise<SandboxTexts> {
  const files = await createOutbox(outbox);
  const recipientOf = rememberRecipients(files.folder);

  async function read(file: string): Promise<Text> {
    const text = await readText(files.folder, file);
    if (text.error_code !== null) return text;
    const sent = { ...text, date_sent: text.date_created };
    // a text that did not fail at once and follows no script was sent at once
    const ageMs = clock().getTime() - acceptedAt(text.sid);
    return { ...sent, status: "sent", ...statusAt(text.to, ageMs) };
  }

  return {
    async add(accountSid, form, failure = {}) {
      const now = clock();
      const sid = newSid(now);
      const validity = form.get("ValidityPeriod");
      const text = {
        ...messageResource(accountSid, sid, form, now),
        // Twilio does not repeat it; here it is kept, so that a test and a reader of the outbox see what was asked for
        ...(validity !== null && { validity_period: Number(validity) }),
        ...failure,
      };
      await files.write(sid, ".json", JSON.stringify(text, null, 2));
      return text;
    },
    find: (sid) => read(`${sid}.json`).catch(() => null),
    list: async (query) =>
      await Promise.all((await findNewest(files.folder, query, recipientOf)).map(read)),
  };
}

const readText = async (folder: string, file: string): Promise<Text> =>
  JSON.parse(await readFile(join(folder, file), "utf8")) as Text;

/** Returns a function that reads the recipient of each file once. */
function rememberRecipients(folder: string): (file: string) => Promise<string> {
  const known = new Map<string, string>();
  return async (file) => {
    const to = known.get(file) ?? (await readText(folder, file)).to;
    if (known.size >= KEPT_RECIPIENTS) known.clear();
    known.set(file, to);
    return to;
  };
}

const FILE = /^SM.*\.json$/u;

/** Finds the files of the newest texts that pass. Their times are in the names, so that few files are read. */
async function findNewest(
  folder: string,
  query: URLSearchParams,
  recipientOf: (file: string) => Promise<string>,
): Promise<string[]> {
  const inPeriod = (await readdir(folder)).filter(
    (name) => FILE.test(name) && isInPeriod(acceptedAt(name), query),
  );
  const size = Number(query.get("PageSize") ?? 50);
  const to = query.get("To");
  const left = inPeriod.toSorted();
  const found: string[] = [];
  while (left.length > 0 && found.length < size) {
    const newest = left.splice(-READ_TOGETHER).toReversed();
    const sentTo = to === null ? [] : await Promise.all(newest.map(recipientOf));
    found.push(...newest.filter((_, at) => to === null || sentTo[at] === to));
  }
  return found.slice(0, size);
}

/** In ms, which the dates of Twilio do not have. */
const acceptedAt = (sid: string): number => Number.parseInt(sid.slice(2, 14), 16);

/** Sids sort by time, so file names do too. */
function newSid(now: Date): string {
  return `SM${now.getTime().toString(16).padStart(12, "0")}${randomBytes(10).toString("hex")}`;
}

function isInPeriod(sentAt: number, query: URLSearchParams): boolean {
  const day = query.get("DateSent");
  const after = query.get("DateSent>");
  const before = query.get("DateSent<");
  return (
    (day === null || new Date(sentAt).toISOString().startsWith(day.slice(0, 10))) &&
    (after === null || sentAt >= Date.parse(after)) &&
    (before === null || sentAt <= Date.parse(before))
  );
}

function messageResource(accountSid: string, sid: string, form: URLSearchParams, now: Date): Text {
  const created = now.toUTCString().replace("GMT", "+0000");
  const uri = `/2010-04-01/Accounts/${accountSid}/Messages/${sid}`;
  const body = form.get("Body") ?? "";
  return {
    body,
    num_segments: String(Math.ceil(body.length / 160)),
    direction: "outbound-api",
    from: form.get("From"),
    to: form.get("To") ?? "",
    date_updated: created,
    price: null,
    error_message: null,
    uri: `${uri}.json`,
    account_sid: accountSid,
    num_media: "0",
    status: form.has("MessagingServiceSid") ? "accepted" : "queued",
    messaging_service_sid: form.get("MessagingServiceSid"),
    sid,
    date_sent: null,
    date_created: created,
    error_code: null,
    price_unit: "USD",
    api_version: "2010-04-01",
    subresource_uris: { media: `${uri}/Media.json` },
  };
}
