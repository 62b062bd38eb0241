import { join } from "node:path";
import type { Config } from "./config.ts";
import type { DeliveryChannel, DeliveryChannels } from "./deps.ts";
import { createLoadSize } from "./delivery/load-size.ts";
import { createIntervalLimit } from "./delivery/interval-limit.ts";
import type { Receipt } from "./domain/receipt.ts";
import { createCircuitBreaker } from "./providers/flow/circuit-breaker.ts";
import { createCallLimit } from "./providers/flow/call-limit.ts";
import { createSlotGate } from "./providers/flow/slot-gate.ts";
import { limitCalls } from "./providers/flow/concurrency-limit.ts";
import type { Provider } from "./providers/answer/provider.ts";
import { type MailSinkOptions, openMailSink } from "./providers/sandbox/mail-sink.ts";
import { openTextSink } from "./providers/sandbox/text-sink.ts";
import { openSmtp } from "./providers/smtp/smtp.ts";
import { openTwilio, type TwilioOptions } from "./providers/twilio/twilio.ts";
import { askTwilio } from "./providers/twilio/statuses.ts";

const LOOKUPS_AT_ONCE = 4;
const WARN_EVERY_MS = 60_000;

/** The sandbox uses the real clients against local sinks. */
const SANDBOX_ACCOUNT = {
  accountSid: `AC${"0".repeat(32)}`,
  authToken: "sandbox",
  from: "+15005550006",
};

/** The delivery channels of this daemon, and the sender of its texts. */
export interface OpenChannels {
  readonly channels: DeliveryChannels;
  readonly textFrom: string;
  close(): Promise<void>;
}

/**
 * Opens the configured providers; in the sandbox they connect to local sinks. `onReceipt` receives later reports about
 * accepted messages.
 */
export async function openChannels(
  config: Config,
  onReceipt: (receipt: Receipt) => void,
): Promise<OpenChannels> {
  const open = new AsyncDisposableStack();
  const outbox = join(config.dataDir, "outbox");
  const smtpUrl =
    config.delivery === "sandbox"
      ? await openSandboxMail(open, { outbox, onReceipt })
      : config.email?.url;
  const twilio = config.delivery === "sandbox" ? await openSandboxText(open, outbox) : config.text;
  const channels: DeliveryChannels = {
    ...(smtpUrl && { email: openEmail(open, smtpUrl, config) }),
    ...(twilio && { text: openText(open, twilio, config) }),
  };
  const textFrom = twilio?.from ?? twilio?.messagingServiceSid ?? "";
  return { channels, textFrom, close: () => open.disposeAsync() };
}

function openEmail(open: AsyncDisposableStack, url: string, config: Config): DeliveryChannel {
  const { connections, bounceAddress } = config;
  const provider = openSmtp({
    url,
    slots: connections.email,
    ...(bounceAddress && { envelopeFrom: bounceAddress }),
  });
  open.defer(() => provider.close());
  return createChannel(provider, "email", config);
}

function openText(
  open: AsyncDisposableStack,
  options: TwilioOptions,
  config: Config,
): DeliveryChannel {
  const provider = openTwilio({ ...options, slots: config.connections.text });
  open.defer(() => provider.close());
  return {
    ...createChannel(provider, "text", config),
    lookups: {
      findSent: (unknown, except) => askTwilio(provider, unknown, except),
      limit: createCallLimit(LOOKUPS_AT_ONCE),
    },
  };
}

type Carried = Pick<Config, "perSecond" | "retries" | "settles">;

/** Makes a delivery channel from a provider and its limits. */
export function createChannel(
  provider: Provider,
  channel: "email" | "text",
  { perSecond, retries, settles }: Carried,
): DeliveryChannel {
  const limited = limitCalls(provider);
  return {
    ...limited,
    gate: createSlotGate({ slots: limited.ahead, perSecond: perSecond[channel] }),
    circuit: createCircuitBreaker(),
    loadSize: createLoadSize(),
    mayWarn: createIntervalLimit(WARN_EVERY_MS),
    retries: retries[channel],
    settleWaits: settles[channel],
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

async function openSandboxText(
  open: AsyncDisposableStack,
  outbox: string,
): Promise<Omit<TwilioOptions, "slots">> {
  const sink = await openTextSink({ outbox });
  open.defer(() => sink.close());
  return { ...SANDBOX_ACCOUNT, apiUrl: sink.url };
}
