import type { Message } from "../../domain/deliver/message.ts";
import type { ProviderAnswer } from "../../domain/provider-answer.ts";

/** What carries a channel. */
export interface Provider<M extends Message = Message> {
  /** As written into evidence and logs, such as `smtp` or `twilio`. */
  readonly name: string;
  /** How many calls it takes at once; no more are claimed than can be under way. */
  readonly slots: number;
  /** Resolves within the provider's deadline, whatever the peer does; never rejects. */
  send(message: M): Promise<ProviderAnswer>;
  /** Waits for nothing: connections still open are dropped. */
  close(): Promise<void>;
}
