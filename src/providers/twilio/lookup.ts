import type { Twilio } from "twilio";

/** What is looked for: a text whose outcome is unknown, and when the attempt began. */
export interface Lost {
  /** E.164. */
  readonly to: string;
  readonly body: string;
  readonly since: Date;
  /** Ids of texts that are known to be others. */
  readonly except?: readonly string[];
}

export type LookupResult =
  | {
      readonly kind: "found";
      readonly messageId: string;
      /** Twilio's own word and its error code, if there is one. */
      readonly status: string;
      readonly errorCode: number | null;
    }
  | { readonly kind: "notFound" }
  | { readonly kind: "unavailable" };

/** A provider that can be asked afterwards what it took. */
export interface Asks {
  /** Never rejects. Unavailable also stands for "cannot be ruled out". */
  findSent(lost: Lost): Promise<LookupResult>;
}

const PAGE = 100;
/** Another clock than ours: what it dates too early would be sent again. Texts known to be others are left out by their ids. */
const CLOCK_SKEW_MS = 600_000;

/**
 * Looks through the number's newest texts, newest first. Not by Twilio's DateSent filter: a text that still waits in
 * its queue has no such date, and would be sent again.
 */
export async function findSent(
  client: Twilio,
  { to, body, since, except = [] }: Lost,
): Promise<LookupResult> {
  const listed = await client.messages.list({ to, pageSize: PAGE, limit: PAGE });
  const from = since.getTime() - CLOCK_SKEW_MS;
  const recent = listed.filter(({ dateCreated }) => dateCreated.getTime() >= from);
  const found = recent.findLast(
    ({ direction, sid, body: emitted }) =>
      direction.startsWith("outbound") && !except.includes(sid) && words(emitted) === words(body),
  );
  if (found !== undefined) {
    const { sid, status, errorCode } = found;
    return { kind: "found", messageId: sid, status, errorCode };
  }
  // a page full of recent texts may have pushed it off the end
  return { kind: recent.length < PAGE ? "notFound" : "unavailable" };
}

/** Letters and digits only: smart encoding and the trial account rewrite quotes, dashes and spaces. */
const words = (text: string): string => text.normalize("NFKC").replaceAll(/[^\p{L}\p{N}]/gu, "");
