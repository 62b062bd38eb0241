import type { Twilio } from "twilio";

/** The text to look up: its outcome is unknown, and `since` is when the attempt began. */
export interface LookupQuery {
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
      /** Twilio's status and its error code, if there is one. */
      readonly status: string;
      readonly errorCode: number | null;
    }
  | { readonly kind: "notFound" }
  | { readonly kind: "unavailable" };

/** A provider that can report later which messages it accepted. */
export interface SupportsLookup {
  /** Never rejects. `unavailable` includes "cannot be ruled out". */
  findSent(query: LookupQuery): Promise<LookupResult>;
}

const PAGE = 100;
/**
 * The allowed difference between Twilio's clock and ours. A text dated too early would be sent again. Texts known to be
 * others are excluded by their ids.
 */
const CLOCK_SKEW_MS = 600_000;

/**
 * Searches the number's newest texts, newest first. Twilio's DateSent filter is not used: a text that still waits in
 * Twilio's queue has no such date and would be sent again.
 */
export async function findSent(
  client: Twilio,
  { to, body, since, except = [] }: LookupQuery,
): Promise<LookupResult> {
  const listed = await client.messages.list({ to, pageSize: PAGE, limit: PAGE });
  const from = since.getTime() - CLOCK_SKEW_MS;
  const recent = listed.filter(({ dateCreated }) => dateCreated.getTime() >= from);
  const found = recent.findLast(
    ({ direction, sid, body: listedBody }) =>
      direction.startsWith("outbound") &&
      !except.includes(sid) &&
      words(listedBody) === words(body),
  );
  if (found !== undefined) {
    const { sid, status, errorCode } = found;
    return { kind: "found", messageId: sid, status, errorCode };
  }
  // a full page of recent texts may have pushed it off the end
  return { kind: recent.length < PAGE ? "notFound" : "unavailable" };
}

/** Letters and digits only: smart encoding and the trial account rewrite quotes, dashes and spaces. */
const words = (text: string): string => text.normalize("NFKC").replaceAll(/[^\p{L}\p{N}]/gu, "");
