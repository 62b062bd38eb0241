import { createHash } from "node:crypto";
import { escapeHtml } from "../docs/schema.ts";
import { OPT_OUT_WORDS, type OptOutLanguage, type OptOutWords } from "./words.ts";

/** A single column with one large button, at the size of a phone. */
const STYLE = `
:root { color-scheme: light dark; --ink: #1c2126; --soft: #58636e; --line: #d7dde3; --back: #f3f5f7; --card: #fff; --link: #0b57a4; --on: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e8ec; --soft: #a0abb6; --line: #3a434c; --back: #0f1215; --card: #1a1f24; --link: #7db8f5; --on: #0f1215; } }
* { box-sizing: border-box; }
body { margin: 0; padding: 1rem; color: var(--ink); background: var(--back); font: 1.0625rem/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
main { margin: 1rem auto; max-width: 30rem; padding: 1.5rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; }
h1 { margin: 0 0 .75rem; font-size: 1.4rem; line-height: 1.25; }
p { margin: 0 0 1rem; }
.from { color: var(--soft); font-size: .95rem; }
.soft { color: var(--soft); font-size: .95rem; margin: 0; }
button { width: 100%; min-height: 3rem; margin: .25rem 0 1.25rem; padding: .75rem 1rem; border: 0; border-radius: .5rem; color: var(--on); background: var(--link); font: 600 1.0625rem/1.25 system-ui, sans-serif; cursor: pointer; }
a { color: var(--link); display: inline-block; min-height: 2.75rem; padding: .6rem .25rem; }
nav { max-width: 30rem; margin: 0 auto; text-align: center; }
`;

/** No script, no image and no other host. The form only goes to the page itself. */
export const OPT_OUT_POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

/** The content of the page. */
export type OptOutView =
  | { readonly kind: "ask" | "done"; readonly sentTo: string; readonly isMarketing: boolean }
  | { readonly kind: "unknown" | "busy" };

export interface OptOutPage {
  readonly view: OptOutView;
  readonly language: OptOutLanguage;
  readonly lender: { readonly name: string; readonly phone: string };
}

/** Writes the page. It shows a borrower's address only in part, and names no debt, because anyone may open a forwarded link. */
export function writeOptOutPage({ view, language, lender }: OptOutPage): string {
  const words: OptOutWords = OPT_OUT_WORDS[language];
  const address = "sentTo" in view ? maskAddress(view.sentTo) : "";
  const said = (text: string): string =>
    escapeHtml(
      text
        .replaceAll("{address}", address)
        .replaceAll("{lender}", lender.name)
        .replaceAll("{phone}", lender.phone),
    );
  const { title, body } = partsOf(view, words, said);
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex"><title>${title}</title><style>${STYLE}</style></head>
<body><main><p class="from">${escapeHtml(lender.name)}</p><h1>${title}</h1>${body}</main>
<nav>${otherLanguages(language)}</nav></body></html>
`;
}

function partsOf(
  view: OptOutView,
  words: OptOutWords,
  said: (text: string) => string,
): { readonly title: string; readonly body: string } {
  const back = `<p class="soft">${said(words.back)}</p>`;
  switch (view.kind) {
    case "ask":
      return {
        title: said(words.question),
        body: `<p>${said(view.isMarketing ? words.marketing : words.explanation)}</p><form method="post"><button type="submit">${said(words.button)}</button></form>${back}`,
      };
    case "done":
      return {
        title: said(words.doneTitle),
        body: `<p>${said(view.isMarketing ? words.doneMarketing : words.done)}</p>${back}`,
      };
    case "unknown":
      return { title: said(words.unknownTitle), body: `<p>${said(words.unknown)}</p>` };
    case "busy":
      return { title: said(words.busyTitle), body: `<p>${said(words.busy)}</p>` };
  }
}

const otherLanguages = (language: OptOutLanguage): string =>
  Object.entries(OPT_OUT_WORDS)
    .filter(([tag]) => tag !== language)
    .map(([tag, { name }]) => `<a href="?lang=${tag}" lang="${tag}">${name}</a>`)
    .join(" ");

/** `pat@example.com` becomes `p•••@example.com`, and a number keeps its last two digits. */
function maskAddress(address: string): string {
  const at = address.lastIndexOf("@");
  return at === -1
    ? `•••${address.replaceAll(/\D/gu, "").slice(-2)}`
    : `${address.slice(0, 1)}•••${address.slice(at)}`;
}
