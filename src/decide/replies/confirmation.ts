import type { ReadInbound } from "./read-inbound.ts";

/** A reply after its consequences were recorded. */
export interface FollowedReply {
  readonly channel: "text" | "email";
  readonly read: Pick<ReadInbound, "readings" | "isAutomatic">;
  /** True if the provider answers it by itself. */
  readonly providerReplied: boolean;
  /** The number of contacts that were open before and are opted out now. */
  readonly optedOut: number;
}

/**
 * True if one text is to confirm the reply: 47 CFR 64.1200(a)(12) permits it for an opt-out by text. A repeated opt-out has its
 * confirmation, and a refusal of all contact gets none. The guard still judges the confirmation.
 */
export function isConfirmed({ channel, read, providerReplied, optedOut }: FollowedReply): boolean {
  const isPlain = read.readings.length > 0 && read.readings.every((one) => one === "optOut");
  return channel === "text" && isPlain && !read.isAutomatic && !providerReplied && optedOut > 0;
}

/** The words that Twilio and the carriers of toll-free numbers answer by themselves, if they are the whole text. */
const ANSWERED_KEYWORDS: ReadonlySet<string> = new Set([
  "stop",
  "stopall",
  "unsubscribe",
  "cancel",
  "end",
  "quit",
  "optout",
  "revoke",
]);

/** An inbound text, with what Twilio says about it. */
export interface TwilioText {
  readonly text: string;
  /** Twilio's own reading, which it sends if Advanced Opt-Out is on; null otherwise. */
  readonly optOutType: string | null;
  readonly isTollFree: boolean;
  /** True unless Twilio's answers to keywords are turned off for the account. */
  readonly answersKeywords: boolean;
}

/** True if Twilio, or the carrier, has answered the text itself. */
export function isAnsweredByTwilio(received: TwilioText): boolean {
  const { text, optOutType, isTollFree, answersKeywords } = received;
  if (optOutType !== null) return true;
  return (answersKeywords || isTollFree) && ANSWERED_KEYWORDS.has(text.trim().toLowerCase());
}
