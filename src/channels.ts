import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { ChannelConfig, Config } from "./config.ts";
import type { DeliveryChannel, DeliveryChannels, StatusPolls } from "./deps.ts";
import { createChannelHealth } from "./delivery/channel-health.ts";
import { createLoadSize } from "./delivery/load-size.ts";
import { createIntervalLimit } from "./interval-limit.ts";
import { createPostponedReports } from "./delivery/postponed-reports.ts";
import { verpAddress, verpToken } from "./decide/receipts/verp.ts";
import type { InteractionId } from "./domain/ids.ts";
import type { ArrivedReceipt } from "./domain/receipts/arrived-receipt.ts";
import { SENDABLE_CHANNELS, type SendableChannel } from "./domain/vocabulary.ts";
import { createCircuitBreaker } from "./providers/flow/circuit-breaker.ts";
import { createCallLimit } from "./providers/flow/call-limit.ts";
import { createSlotGate } from "./providers/flow/slot-gate.ts";
import { limitConcurrency } from "./providers/flow/concurrency-limit.ts";
import type { Provider } from "./providers/answer/provider.ts";
import { type MailSinkOptions, openMailSink } from "./providers/sandbox/mail-sink.ts";
import type { OnReply } from "./providers/sandbox/later-replies.ts";
import { openTextSink } from "./providers/sandbox/text-sink.ts";
import { openSmtp } from "./providers/smtp/smtp.ts";
import { openTwilio, type TwilioOptions } from "./providers/twilio/twilio.ts";
import { statusCallbackUrl } from "./providers/twilio/callbacks.ts";
import { askTwilio } from "./providers/twilio/statuses.ts";

const LOOKUPS_AT_ONCE = 4;
const WARN_EVERY_MS = 60_000;

/** The sandbox uses the real clients against local sinks. */
const SANDBOX_ACCOUNT_SID = `AC${"0".repeat(32)}`;

/** The delivery channels of this daemon. */
export interface OpenChannels {
  readonly channels: DeliveryChannels;
  /** The tokens with which Twilio signs its callbacks; none if texts are not carried. */
  readonly twilioTokens: readonly string[];
  /** Undefined if Twilio calls back, or texts are not carried. */
  readonly statusPolls: StatusPolls | undefined;
  close(): Promise<void>;
}

/** The reports of the sandbox about accepted messages, and the answers of its recipients. */
export interface FromSandbox {
  readonly onReceipt: (receipt: ArrivedReceipt) => void;
  readonly onReply: OnReply;
}

/** For commands that send a single message. */
export const IGNORED: FromSandbox = { onReceipt: () => {}, onReply: () => {} };

interface Opening {
  readonly config: Config;
  /** Disposing it closes everything that was opened. */
  readonly open: AsyncDisposableStack;
  readonly fromSandbox: FromSandbox;
  readonly twilioTokens: string[];
  /** For the tokens of bounce addresses; none in commands that send tests. */
  readonly linkKeys: readonly Buffer[];
  statusPolls: StatusPolls | undefined;
}

/** Opens the provider of each channel; undefined if the channel is not configured. */
const OPENERS: Readonly<
  Record<SendableChannel, (opening: Opening) => Promise<DeliveryChannel | undefined>>
> = { email: openEmail, text: openText };

/**
 * Opens the configured providers; in the sandbox they connect to local sinks.
 */
export async function openChannels(
  config: Config,
  fromSandbox: FromSandbox,
  linkKeys: readonly Buffer[] = [],
): Promise<OpenChannels> {
  const open = new AsyncDisposableStack();
  const channels: Partial<Record<SendableChannel, DeliveryChannel>> = {};
  const opening: Opening = {
    config,
    open,
    fromSandbox,
    linkKeys,
    twilioTokens: [],
    statusPolls: undefined,
  };
  for (const name of SENDABLE_CHANNELS) {
    const channel = await OPENERS[name](opening);
    if (channel !== undefined) channels[name] = channel;
  }
  const { twilioTokens, statusPolls } = opening;
  return { channels, twilioTokens, statusPolls, close: () => open.disposeAsync() };
}

async function openEmail({
  config,
  open,
  fromSandbox,
  linkKeys,
}: Opening): Promise<DeliveryChannel | undefined> {
  const { bounceAddress, delivery } = config;
  const options = { outbox: join(config.dataDir, "outbox"), ...fromSandbox };
  const url = delivery === "sandbox" ? await openSandboxMail(open, options) : config.email?.url;
  if (url === undefined) return undefined;
  const provider = openSmtp({
    url,
    slots: config.channels.email.connections,
    ...(bounceAddress && { envelopeFrom: bounceAddressOf(config, bounceAddress, linkKeys) }),
  });
  open.defer(() => provider.close());
  return createChannel(provider, config.channels.email);
}

/** With tokens a report names the very attempt, and none can be forged for another message. */
function bounceAddressOf(
  { bounceTokens }: Config,
  bounceAddress: string,
  linkKeys: readonly Buffer[],
): (interactionId: InteractionId) => string {
  if (!bounceTokens || linkKeys.length === 0) return () => bounceAddress;
  return (id) => verpAddress(bounceAddress, verpToken(id, linkKeys)) ?? bounceAddress;
}

async function openText(opening: Opening): Promise<DeliveryChannel | undefined> {
  const { config, open } = opening;
  const account = config.delivery === "sandbox" ? await openSandboxText(opening) : config.text;
  if (account === undefined) return undefined;
  const { publicUrl } = config;
  opening.twilioTokens.push(account.authToken);
  const provider = openTwilio({
    ...account,
    slots: config.channels.text.connections,
    ...(publicUrl !== undefined && {
      statusCallback: (id: InteractionId) => statusCallbackUrl(publicUrl, id),
    }),
  });
  open.defer(() => provider.close());
  if (publicUrl === undefined && config.textPolls.length > 0)
    opening.statusPolls = {
      waits: config.textPolls,
      withinMs: config.channels.text.receiptWithinMs,
      read: (texts) => provider.readStatuses(texts),
    };
  return {
    ...createChannel(provider, config.channels.text),
    lookups: {
      findSent: (unknown, except) => askTwilio(provider, unknown, except),
      limit: createCallLimit(LOOKUPS_AT_ONCE),
    },
  };
}

/** Makes a delivery channel from a provider and its settings. */
export function createChannel(
  provider: Provider,
  {
    perSecond,
    retries,
    settleWaits,
    receiptWithinMs,
  }: Omit<ChannelConfig, "connections" | "withinMs">,
): DeliveryChannel {
  const {
    provider: limited,
    claimBudget,
    hasEnoughClaimed,
    destinations,
  } = limitConcurrency(provider);
  return {
    provider: limited,
    claimBudget,
    gate: createSlotGate({ slots: claimBudget, perSecond, destinations, hasEnoughClaimed }),
    circuit: createCircuitBreaker(),
    health: createChannelHealth(),
    loadSize: createLoadSize(),
    postponed: createPostponedReports(),
    mayWarn: createIntervalLimit(WARN_EVERY_MS),
    retries,
    settleWaits,
    receiptWithinMs,
  };
}

async function openSandboxMail(
  open: AsyncDisposableStack,
  options: MailSinkOptions,
): Promise<string> {
  const sink = await openMailSink(options);
  open.defer(() => sink.close());
  return sink.url;
}

async function openSandboxText({
  open,
  config: { dataDir, senders },
  fromSandbox: { onReply },
}: Opening): Promise<Omit<TwilioOptions, "slots">> {
  // known to this process only, so that no other can read the texts from the sink
  const account = {
    accountSid: SANDBOX_ACCOUNT_SID,
    authToken: randomBytes(16).toString("hex"),
  };
  const sink = await openTextSink({ ...account, outbox: join(dataDir, "outbox"), onReply });
  open.defer(() => sink.close());
  return { ...account, from: senders.text, apiUrl: sink.url };
}
