import { join } from "node:path";
import type { Config } from "./config.ts";
import type { Carrier, Carriers } from "./deps.ts";
import type { RetrySchedule } from "./decide/settle.ts";
import { openGate } from "./providers/gate.ts";
import type { Provider } from "./providers/provider.ts";
import { openMailSink } from "./providers/sandbox-mail.ts";
import { openTextSink } from "./providers/sandbox-text.ts";
import { openSmtp } from "./providers/smtp.ts";
import { openTwilio, type TwilioOptions } from "./providers/twilio.ts";

/** In the sandbox the real clients speak to sinks of our own: only the other end differs. */
const SANDBOX_ACCOUNT = {
  accountSid: `AC${"0".repeat(32)}`,
  authToken: "sandbox",
  from: "+15005550006",
};

/** What carries each channel here, and whose name the texts bear. */
export interface OpenCarriers {
  readonly carriers: Carriers;
  readonly textFrom: string;
  close(): Promise<void>;
}

/** Opens the providers the configuration names; in the sandbox with local sinks behind them. */
export async function openCarriers(config: Config): Promise<OpenCarriers> {
  const open = new AsyncDisposableStack();
  const outbox = join(config.dataDir, "outbox");
  const smtpUrl =
    config.delivery === "sandbox" ? await openSandboxMail(open, outbox) : config.email?.url;
  const twilio = config.delivery === "sandbox" ? await openSandboxText(open, outbox) : config.text;
  const { connections, retries } = config;
  const carry = (provider: Provider, schedule: RetrySchedule): Carrier => {
    open.defer(() => provider.close());
    return { provider, gate: openGate(provider.slots), retries: schedule };
  };
  return {
    carriers: {
      ...(smtpUrl && {
        email: carry(openSmtp({ url: smtpUrl, slots: connections.email }), retries.email),
      }),
      ...(twilio && {
        text: carry(openTwilio({ ...twilio, slots: connections.text }), retries.text),
      }),
    },
    textFrom: twilio?.from ?? twilio?.messagingServiceSid ?? "",
    close: () => open.disposeAsync(),
  };
}

async function openSandboxMail(open: AsyncDisposableStack, outbox: string): Promise<string> {
  const sink = await openMailSink({ outbox });
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
