import type { Message } from "../../domain/deliver/message.ts";
import type { ProviderAnswer } from "../../domain/provider-answer.ts";

/** A client that sends on one channel. */
export interface Provider<M extends Message = Message> {
  /** The name in evidence and logs, such as `smtp` or `twilio`. */
  readonly name: string;
  /** The number of calls it makes at once. No more messages are claimed than can be in flight. */
  readonly slots: number;
  /** Resolves within the provider's deadline, whatever the server does. Never rejects. */
  send(message: M): Promise<ProviderAnswer>;
  /** Drops open connections without waiting. */
  close(): Promise<void>;
}
