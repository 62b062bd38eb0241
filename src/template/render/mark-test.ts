import type { Rendered } from "../../domain/template/template.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import { FORMS } from "../language/parts.ts";

const TEST = "[TEST]";
const SENTENCE =
  "This is a test with invented values. It is not a notice, and nothing has to be done.";

/** Marks a message as a test in its subject and at the beginning of each part. */
export function markTest({ subject, html, text }: Rendered, channel: Channel): Rendered {
  return {
    subject: subject === null ? null : `${TEST} ${subject}`,
    html: html === null ? null : withBanner(html),
    text: text === null ? null : FORMS[channel].inSegments ? `${TEST} ${text}` : inText(text),
  };
}

const inText = (text: string): string => `${TEST} ${SENTENCE}\n\n${text}`;

/** The banner is the first content of the body, before the hidden preheader. */
function withBanner(html: string): string {
  const banner = `<div style="padding:12px;background:#7a1f1f;color:#ffffff;font:700 16px/24px Arial,sans-serif;text-align:center;">${TEST} ${SENTENCE}</div>`;
  const body = /<body\b[^>]*>/i.exec(html);
  if (body === null) return banner + html;
  const at = body.index + body[0].length;
  return html.slice(0, at) + banner + html.slice(at);
}
