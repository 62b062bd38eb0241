import type { Channel } from "../../domain/vocabulary.ts";

/** Recorded content as it is served: never as something a browser would run. */
export interface RecordedContent {
  readonly type: "text/html; charset=utf-8" | "text/plain; charset=utf-8" | "application/json";
  readonly body: string;
}

type Kept = Readonly<Record<string, unknown>>;

const plain = (body: string): RecordedContent => ({ type: "text/plain; charset=utf-8", body });
const html = (body: string): RecordedContent => ({ type: "text/html; charset=utf-8", body });

/** The keys under which each channel keeps what was said, the richest first. */
const WRITTEN: Partial<Record<Channel, readonly (readonly [string, typeof plain])[]>> = {
  email: [
    ["bodyHtml", html],
    ["bodyText", plain],
  ],
  text: [["body", plain]],
  voice: [["transcript", plain]],
  mail: [["html", html]],
  gui: [["html", html]],
  document: [["html", html]],
};

/**
 * What was said or sent, as far as it is kept here: recordings and documents kept elsewhere are named in it by their ids
 * and addresses, and not fetched. Content that no channel has a word for is served as the JSON it is.
 */
export function recordedContent(channel: Channel, content: object): RecordedContent {
  const kept = content as Kept;
  if (channel === "chat" && Array.isArray(kept["messages"])) return chatOf(kept["messages"]);
  for (const [key, as] of WRITTEN[channel] ?? []) {
    const written = kept[key];
    if (typeof written === "string" && written !== "") return as(written);
  }
  return { type: "application/json", body: JSON.stringify(content, null, 2) };
}

function chatOf(messages: readonly unknown[]): RecordedContent {
  const lines = messages.map((message) => {
    const { from, body, sentAt } = Object(message) as Kept;
    return [sentAt, from, body].filter((part) => typeof part === "string").join("  ");
  });
  return plain(`${lines.join("\n")}\n`);
}
