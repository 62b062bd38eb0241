import { randomBytes } from "node:crypto";

/** The answer of a scripted recipient, as a provider would deliver it. */
export interface SandboxReply {
  readonly channel: "text" | "email";
  readonly provider: string;
  readonly providerMessageId: string;
  readonly from: string;
  readonly to: string;
  readonly text: string;
  readonly subject?: string;
  readonly headers?: readonly { readonly key: string; readonly value: string }[];
  /** The sandbox does not answer keywords by itself. */
  readonly providerReplied: false;
}

export type OnReply = (reply: SandboxReply) => void;

/** A message that a scripted recipient answers. */
export type Answered = Omit<SandboxReply, "providerMessageId" | "providerReplied">;

/** The time after the acceptance (ms), when the message has been reported as delivered. */
const ANSWERS_AFTER_MS = 800;

/**
 * Returns a function that answers for scripted recipients. Each answers its first message only, as a person would: otherwise the
 * confirmation of STOP would be answered with STOP.
 */
export function createReplies(onReply: OnReply): (answered: Answered) => void {
  const haveAnswered = new Set<string>();
  return (message) => {
    if (haveAnswered.has(message.from)) return;
    haveAnswered.add(message.from);
    const reply: SandboxReply = {
      ...message,
      providerMessageId: `SM${randomBytes(16).toString("hex")}`,
      providerReplied: false,
    };
    setTimeout(() => onReply(reply), ANSWERS_AFTER_MS).unref();
  };
}
