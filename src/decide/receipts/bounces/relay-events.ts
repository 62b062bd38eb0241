import type { Relay } from "../../../domain/receipts/relay.ts";
import { withoutNames } from "./without-names.ts";

/** One event of a relay's webhook. It names no person. */
export interface RelayEvent {
  readonly rawStatus: string;
  /** RFC 3463, such as 5.1.1; null if the event has none. */
  readonly enhanced: string | null;
  readonly words: string | null;
  readonly messageId: string | null;
  readonly verpToken: string | null;
}

/** Reads the events of a webhook by the mapping of its relay. Null stands for what is no event, or has no status. */
export function relayEventsOf(relay: Relay, body: unknown): (RelayEvent | null)[] {
  const found = relay.events === undefined ? body : valueAt(body, relay.events);
  const events: readonly unknown[] = Array.isArray(found) ? found : [found];
  return events.map((event) => {
    const status = textAt(event, relay.fields.status);
    return status === null ? null : eventOf(relay, event, status);
  });
}

function eventOf({ fields, statuses }: Relay, event: unknown, status: string): RelayEvent {
  const message = textAt(event, fields.message) ?? "";
  const code = fields.code === undefined ? null : textAt(event, fields.code);
  const words = fields.words === undefined ? null : textAt(event, fields.words);
  return {
    rawStatus: Object.hasOwn(statuses, status)
      ? (statuses[status] ?? status)
      : status.slice(0, 100),
    enhanced: enhancedCodeIn(code ?? words ?? ""),
    words: words === null ? null : shortWords(words),
    messageId: /([^<>\s@]{1,200}@[^<>\s@]{1,200})/u.exec(message)?.[1] ?? null,
    verpToken: verpTokenIn(message),
  };
}

/** Returns the first enhanced status code in a text (RFC 3463). */
export const enhancedCodeIn = (text: string): string | null =>
  /\b[245]\.\d{1,3}\.\d{1,3}\b/u.exec(text)?.[0] ?? null;

/** Returns a server's words without addresses, as far as the record has room for them. */
export const shortWords = (words: string): string | null =>
  withoutNames(words, [])?.slice(0, 250) ?? null;

/** Returns the token of the first VERP address in a text. */
export const verpTokenIn = (text: string): string | null =>
  /\+([\w.=-]{1,64})@/u.exec(text)?.[1]?.toLowerCase() ?? null;

function valueAt(from: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (at, name) =>
        typeof at === "object" && at !== null && Object.hasOwn(at, name)
          ? (at as Readonly<Record<string, unknown>>)[name]
          : undefined,
      from,
    );
}

function textAt(from: unknown, path: string): string | null {
  const value = valueAt(from, path);
  if (typeof value === "number") return String(value);
  return typeof value === "string" && value !== "" ? value : null;
}
