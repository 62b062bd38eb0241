import { isSendableChannel } from "../../decide/deliver/channels/table.ts";
import type { SendableChannel } from "../../domain/vocabulary.ts";
import { isSealed } from "../../domain/sealed-content.ts";
import type { countReveals } from "../../store/operate/content-reveals.ts";
import type { ContentRecord } from "../../store/operate/recorded-content.ts";
import type { ShowMoment } from "../cli/moment.ts";
import { aligned, counted, printable, wrapped } from "../cli/layout.ts";
import { hashAgain } from "../../record/recompose.ts";

/** The content of an interaction as the caller may see it. */
export interface Shown {
  readonly kept: ContentRecord;
  /** The readable content; null if there is none or it is hidden. */
  readonly content: object | null;
  readonly hidden: boolean;
  readonly reveals: Awaited<ReturnType<typeof countReveals>>;
}

/** Renders the content of an interaction as plain text. */
export async function showPage(shown: Shown, show: ShowMoment): Promise<string> {
  const { kept } = shown;
  const status = [kept.status, kept.statusDetails].filter((word) => word !== null).join(" ");
  return [
    `Interaction ${kept.id} by ${kept.channel}: ${status}`,
    ...aligned(aboutRows(shown, show)),
    ...(await recordLines(shown)),
    ...contentLines(shown),
  ].join("\n");
}

function aboutRows({ kept, reveals }: Shown, show: ShowMoment): string[][] {
  const { templateId, templateVersion, templateSlug, contactId, provider, claimedAt, why } = kept;
  const { id, amendedTo, erasedAt, erasedBy, erasedWhy } = kept;
  const rows: (readonly [string, string] | null)[] = [
    why === null ? null : ["why", why],
    amendedTo === null
      ? null
      : ["amended", `to ${amendedTo}; \`tidings explain ${id}\` has the reason`],
    erasedAt === null ? null : ["erased", `${show(erasedAt)}, by ${erasedBy}: ${erasedWhy}`],
    templateId === null
      ? null
      : ["template", `${templateSlug ?? templateId}, version ${templateVersion ?? "unknown"}`],
    contactId === null ? null : ["contact", contactId],
    claimedAt === null || provider === null
      ? null
      : ["attempted", `${show(claimedAt)}, by ${provider}`],
    kept.segments === null ? null : ["segments", String(kept.segments)],
    kept.sensitive ? ["sensitive", sealInWords(kept)] : null,
    reveals.lastAt === null
      ? null
      : [
          "revealed",
          `${counted(reveals.times, "time")}, last ${show(reveals.lastAt)} by ${reveals.lastBy ?? "unknown"}`,
        ],
  ];
  return rows.flatMap((row) => (row === null ? [] : [[`  ${row[0]}`, row[1]]]));
}

function sealInWords({ content }: ContentRecord): string {
  if (content === null) return "yes";
  return isSealed(content)
    ? `yes, sealed with key ${content.sealed.keyId}`
    : "yes, but not sealed, because CONTENT_KEY was not set";
}

async function recordLines(shown: Shown): Promise<string[]> {
  const { contentSha256 } = shown.kept;
  if (contentSha256 === null) return [];
  const verdict = await judgeRecord(shown, contentSha256);
  return [
    "",
    "SHA-256 of the bytes that were sent",
    `  ${contentSha256}`,
    ...wrapped(verdict, "  "),
  ];
}

const CHANGED: Readonly<Record<SendableChannel, string>> = {
  text: "The content on record does NOT produce these bytes. It was changed after it was sent.",
  email:
    "The content on record does NOT produce these bytes. It was changed after it was sent, or another release of Tidings, which composes emails differently, sent it.",
};

/** The result of a comparison of the content on record with the hash of the bytes that were sent. */
type Verdict = "hidden" | "incomplete" | "same" | "changed";

async function compare({ kept, content, hidden }: Shown, sha256: string): Promise<Verdict> {
  if (hidden) return "hidden";
  const again = content === null ? null : await hashAgain(kept, content);
  if (again === null || !isSendableChannel(kept.channel)) return "incomplete";
  return again === sha256 ? "same" : "changed";
}

async function judgeRecord(shown: Shown, sha256: string): Promise<string> {
  const verdict = await compare(shown, sha256);
  const { channel } = shown.kept;
  if (verdict === "changed" && isSendableChannel(channel)) return CHANGED[channel];
  if (verdict === "hidden") return "Use --reveal to compare it with the content on record.";
  if (shown.kept.erasedAt !== null)
    return "The content was erased, so it cannot be computed again.";
  return verdict === "same"
    ? "The content on record produces the same bytes."
    : "The content on record is not complete enough to compute it again.";
}

/** Returns the same as data. Times are in UTC, `content` is null if there is none or it is hidden. */
export async function showJson(shown: Shown): Promise<string> {
  const { kept, hidden, reveals } = shown;
  // the name of the contact is personal and is no part of what was sent
  const { content: stored, contactName: _, ...about } = kept;
  const sha256 = kept.contentSha256;
  const document = {
    ...about,
    isSealed: stored !== null && isSealed(stored),
    isHidden: hidden,
    reveals,
    recordProduces: sha256 === null ? null : await compare(shown, sha256),
    content: shown.content,
  };
  return JSON.stringify(document, null, 2);
}

const NOT_YET = "None yet. It is rendered when the interaction is sent.";
const NEVER = "None is on record.";

const ERASED = "It was erased. The rest of the record, and the hash above, are kept.";

function missingInWords({ erasedAt, contentSha256, status }: ContentRecord): string {
  if (erasedAt !== null) return contentSha256 === null ? "It was erased." : ERASED;
  return status === "scheduled" ? NOT_YET : NEVER;
}

/** These fields have their own heading; the others are rows. */
const PARTS = { subject: "Subject", bodyText: "Text", body: "Text" } as const;

function contentLines({ kept, content, hidden }: Shown): string[] {
  const title = ["", "Content"];
  if (hidden)
    return [
      ...title,
      `  It is sensitive. \`tidings show ${kept.id} --reveal\` shows it and records who saw it.`,
    ];
  if (content === null) return [...title, `  ${missingInWords(kept)}`];
  const entries = Object.entries(content);
  const rows = entries
    .filter(([name]) => !(name in PARTS) && name !== "bodyHtml")
    .map(([name, value]) => [
      `  ${name}`,
      typeof value === "string" ? value : JSON.stringify(value),
    ]);
  const parts = entries.flatMap(([name, value]) =>
    name in PARTS && typeof value === "string"
      ? ["", PARTS[name as keyof typeof PARTS], ...indented(value)]
      : [],
  );
  const html = entries.flatMap(([name, value]) =>
    name === "bodyHtml" && typeof value === "string"
      ? ["", "Html", `  ${counted(value.length, "character")}; --html FILE writes it to a file`]
      : [],
  );
  return [...title, ...aligned(rows).map(printable), ...parts, ...html];
}

const indented = (text: string): string[] =>
  printable(text)
    .split("\n")
    .map((line) => `  ${line}`.trimEnd());
