import type { Channel } from "../../domain/vocabulary.ts";

/** Recorded content in a form that a browser does not run. */
export interface RecordedContent {
  readonly type: "text/html; charset=utf-8" | "text/plain; charset=utf-8" | "application/json";
  readonly body: string;
}

type Stored = Readonly<Record<string, unknown>>;

const plain = (body: string): RecordedContent => ({ type: "text/plain; charset=utf-8", body });
const html = (body: string): RecordedContent => ({ type: "text/html; charset=utf-8", body });

/** The keys under which each channel stores its words, the richest form first. */
const KEYS: Partial<Record<Channel, readonly (readonly [string, typeof plain])[]>> = {
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
 * The words that are stored here. Recordings and documents that are stored elsewhere are not fetched. Content without any
 * of the known keys is served as JSON.
 */
export function recordedContent(channel: Channel, content: object): RecordedContent {
  const stored = content as Stored;
  if (channel === "chat" && Array.isArray(stored["messages"])) return chatOf(stored["messages"]);
  for (const [key, as] of KEYS[channel] ?? []) {
    const written = stored[key];
    if (typeof written === "string" && written !== "") return as(written);
  }
  return { type: "application/json", body: JSON.stringify(content, null, 2) };
}

function chatOf(messages: readonly unknown[]): RecordedContent {
  const lines = messages.map((message) => {
    const { from, body, sentAt } = Object(message) as Stored;
    return [sentAt, from, body].filter((part) => typeof part === "string").join("  ");
  });
  return plain(`${lines.join("\n")}\n`);
}
