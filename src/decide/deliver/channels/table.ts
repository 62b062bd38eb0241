import type { Channel, SendableChannel } from "../../../domain/vocabulary.ts";
import { EMAIL } from "./email.ts";
import type { ChannelRules } from "./rules.ts";
import { TEXT } from "./text.ts";

/**
 * The rules of each channel. A new channel is one entry here, a provider and a group of settings; the compiler names
 * what is missing.
 */
export const CHANNEL_RULES: Readonly<Record<SendableChannel, ChannelRules>> = {
  email: EMAIL,
  text: TEXT,
};

/** True for a channel on which Tidings sends. */
export const isSendableChannel = (channel: Channel): channel is SendableChannel =>
  Object.hasOwn(CHANNEL_RULES, channel);

/** Returns the rules of a channel; undefined for a channel that Tidings does not send on. */
export const rulesOf = (channel: Channel): ChannelRules | undefined =>
  isSendableChannel(channel) ? CHANNEL_RULES[channel] : undefined;
