import type { Twilio } from "twilio";

/** The status of a text at Twilio. */
export interface TextStatus {
  readonly messageId: string;
  readonly status: string;
  /** Only of a text that failed: Twilio leaves codes on others too. */
  readonly errorCode: number | null;
}

/** A text that Twilio has accepted. */
export interface AcceptedText {
  readonly messageId: string;
  readonly acceptedAt: Date;
}

/** A provider whose accepted messages can be looked up. */
export interface SupportsStatus {
  /** Returns the statuses that it learns of. Never rejects. */
  readStatuses(texts: readonly AcceptedText[]): Promise<TextStatus[]>;
}

/** From this number on, one list of a window of time is cheaper than a request for each text. */
const LIST_FROM = 10;
const PAGE = 1_000;
/** Other systems may send from the same account. */
const MOST_LISTED = 5 * PAGE;
/** Single requests in one round. The others follow in the next one. */
const MOST_FETCHED = 20;
const PAUSE_MS = 100;
const CLOCK_SKEW_MS = 600_000;

/** Asks about many texts by one list, and about those that it does not show one by one. */
export async function readStatuses(
  client: Twilio,
  texts: readonly AcceptedText[],
  pause: (ms: number) => Promise<unknown>,
): Promise<TextStatus[]> {
  const listed = texts.length < LIST_FROM ? [] : await list(client, texts);
  const known = new Set(listed.map((one) => one.messageId));
  const fetched: TextStatus[] = [];
  for (const { messageId } of texts
    .filter((one) => !known.has(one.messageId))
    .slice(0, MOST_FETCHED)) {
    const { status, errorCode } = await client.messages(messageId).fetch();
    fetched.push(statusOf(messageId, status, errorCode));
    await pause(PAUSE_MS);
  }
  return [...listed, ...fetched];
}

/** A text that still waits in Twilio's queue has no date, and is not on the list. */
async function list(client: Twilio, texts: readonly AcceptedText[]): Promise<TextStatus[]> {
  const wanted = new Set(texts.map((one) => one.messageId));
  const times = texts.map(({ acceptedAt }) => acceptedAt.getTime());
  const messages = await client.messages.list({
    dateSentAfter: new Date(Math.min(...times) - CLOCK_SKEW_MS),
    dateSentBefore: new Date(Math.max(...times) + CLOCK_SKEW_MS),
    pageSize: PAGE,
    limit: MOST_LISTED,
  });
  return messages
    .filter(({ sid }) => wanted.has(sid))
    .map(({ sid, status, errorCode }) => statusOf(sid, status, errorCode));
}

const statusOf = (messageId: string, status: string, errorCode: number | null): TextStatus => ({
  messageId,
  status,
  errorCode: status === "failed" || status === "undelivered" ? errorCode : null,
});
