import { CHANNELS, type Channel } from "./vocabulary.ts";

interface Detail {
  readonly channels: readonly Channel[];
  readonly meaning: string;
}

/**
 * The words after the channel in the status details that Tidings writes, judges by or orders. `docs/statuses.md` lists
 * them. Logged interactions may have further words, so details from the database are any text.
 */
export const DETAILS = {
  OutcomeUnknown: {
    channels: CHANNELS,
    meaning: "The provider may or may not have the message. It is settled, or waits for a person.",
  },
  Queued: {
    channels: ["text", "voice"],
    meaning: "The provider has the message or call and has not sent or dialled it yet.",
  },
  ScheduledAtProvider: { channels: ["text"], meaning: "The provider sends it at a later time." },
  Sent: {
    channels: CHANNELS,
    meaning: "The provider has sent it. If no receipt arrives, these details stay.",
  },
  Deferred: {
    channels: ["email"],
    meaning: "A server does not take it yet. It is tried again.",
  },
  NoReceipt: { channels: CHANNELS, meaning: "No receipt has arrived for too long." },
  Delivered: { channels: CHANNELS, meaning: "It has arrived." },
  Opened: { channels: ["email"], meaning: "The recipient opened it." },
  Read: { channels: ["text"], meaning: "The recipient read it." },
  Clicked: { channels: ["email"], meaning: "The recipient followed a link in it." },
  SpamReported: { channels: ["email"], meaning: "The recipient reported it as spam." },
  Unsubscribed: { channels: ["email"], meaning: "The recipient unsubscribed by it." },
  Bounced: { channels: ["email"], meaning: "A server refused it permanently." },
  Dropped: { channels: ["email"], meaning: "The provider did not send it." },
  Returned: { channels: ["mail"], meaning: "The letter came back." },
  Undelivered: { channels: ["text"], meaning: "The carrier did not deliver it." },
  OptedOut: { channels: ["text"], meaning: "The number has opted out of texts." },
  Expired: { channels: ["text"], meaning: "Its latest time passed before it could be sent." },
  Failed: { channels: CHANNELS, meaning: "It was not sent, or did not arrive." },
  Canceled: { channels: ["text", "voice"], meaning: "It was canceled at the provider." },
  Ringing: { channels: ["voice"], meaning: "The phone rings." },
  Busy: { channels: ["voice"], meaning: "The line was busy." },
  NoAnswer: { channels: ["voice"], meaning: "The phone rang without an answer." },
  Answered: { channels: ["voice"], meaning: "A person answered, and it is not known who." },
  HungUp: { channels: ["voice"], meaning: "The call ended before anything was said." },
  MachineNoMessage: {
    channels: ["voice"],
    meaning: "A machine answered, and no message was left.",
  },
  LeftVoicemail: { channels: ["voice"], meaning: "A message was left on a machine." },
  LeftMessageWithThirdParty: {
    channels: ["voice"],
    meaning: "A message was left with another person.",
  },
  SpokeWithThirdParty: { channels: ["voice"], meaning: "Another person was spoken with." },
  SpokeWithFirstParty: { channels: ["voice"], meaning: "The borrower was spoken with." },
  DisconnectedNumber: { channels: ["voice"], meaning: "The number is not in service." },
  WrongNumber: { channels: ["voice"], meaning: "The number is another person's." },
} as const satisfies Readonly<Record<string, Detail>>;

export type DetailWord = keyof typeof DETAILS;

/** A channel and one of its words, such as `emailSent`. */
export type StatusDetails = {
  [Word in DetailWord]: `${(typeof DETAILS)[Word]["channels"][number]}${Word}`;
}[DetailWord];

const withChannels = ([word, { channels }]: readonly [string, Detail]): string[] =>
  channels.map((channel) => channel + word);

export const STATUS_DETAILS = Object.entries<Detail>(DETAILS).flatMap(
  withChannels,
) as readonly StatusDetails[];

/** True if the provider may or may not have the message: the rule of `tidings.is_outcome_unknown`, for an attempted one. */
export const isOutcomeUnknown = (details: string | null): boolean =>
  details?.endsWith("OutcomeUnknown" satisfies DetailWord) === true;
