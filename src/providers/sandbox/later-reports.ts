import type { InteractionId } from "../../domain/ids.ts";
import { isLoopback } from "../../domain/loopback.ts";
import type { ArrivedReceipt } from "../../domain/receipts/arrived-receipt.ts";
import { signForm } from "../twilio/callbacks.ts";
import type { MailReport, TextReport } from "./scripted-recipients.ts";

/** Reports on an email later, as another mail server would after it accepted the email. */
export function reportLater(
  interactionId: InteractionId,
  reports: readonly MailReport[],
  onReceipt: (receipt: ArrivedReceipt) => void,
): void {
  for (const { afterMs, action, code, words } of reports) {
    const report = (): void =>
      onReceipt({
        provider: "smtp",
        providerMessageId: null,
        interactionId,
        rawStatus: action,
        code,
        qualifier: words,
        reportedAt: null,
        payload: null,
      });
    setTimeout(report, afterMs).unref();
  }
}

/** A text that was accepted with the URL of a status callback. */
export interface CalledBack {
  readonly url: string;
  readonly accountSid: string;
  readonly authToken: string;
  readonly messageSid: string;
}

/** Calls back as Twilio does, with a signature. Only this machine is called: nothing leaves the sandbox. */
export function callBackLater(text: CalledBack, reports: readonly TextReport[]): void {
  const [url = ""] = text.url.split("#");
  if (!URL.canParse(url) || !isLoopback(new URL(url).hostname)) return;
  for (const report of reports) {
    const send = (): void => {
      for (let time = 0; time < (report.times ?? 1); time += 1)
        // a daemon that has ended meanwhile is not called
        void callBack(text, url, report).catch(() => {});
    };
    setTimeout(send, report.calledBackAfterMs ?? report.afterMs).unref();
  }
}

async function callBack(
  text: CalledBack,
  url: string,
  { status, code }: TextReport,
): Promise<void> {
  const form = {
    MessageSid: text.messageSid,
    MessageStatus: status,
    AccountSid: text.accountSid,
    ...(code !== undefined && { ErrorCode: String(code) }),
  };
  const response = await fetch(url, {
    method: "POST",
    headers: { "X-Twilio-Signature": signForm(text.authToken, url, form) },
    body: new URLSearchParams(form),
  });
  await response.arrayBuffer();
}
