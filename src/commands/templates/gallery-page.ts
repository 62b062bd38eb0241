import type { Rendered } from "../../domain/template/template.ts";
import type { TemplateContent } from "../../domain/template/version.ts";
import { escapeHtml, unescapeHtml } from "../../template/language/escape-html.ts";
import { FORMS } from "../../template/language/parts.ts";
import { explainUcs2, segmentsOf } from "../../template/language/segments.ts";

/** A template as the gallery shows it. */
export interface Exhibit {
  readonly slug: string;
  /** Null if the folder cannot be read. */
  readonly about: TemplateContent | null;
  /** Null if it has findings. */
  readonly parts: Rendered | null;
  readonly findings: readonly string[];
}

/** The widths at which an html part is shown (CSS pixels). */
const WIDTHS = { desktop: 680, phone: 390 } as const;

// Measured in Chromium: the longest email of the starter set is 1351 px high at the width of a desktop and 1573 px at
// that of a phone. Without a script a frame cannot take the height of its content, so a longer email scrolls.
const HEIGHTS = { desktop: 1380, phone: 1600 } as const;

/** Returns one html document without scripts. Each html part is in a frame that cannot run any either. */
export function galleryPage(exhibits: readonly Exhibit[]): string {
  const families = [...Map.groupBy(exhibits, familyOf)];
  const links = families.map(
    ([name]) => `<li><a href="#${escapeHtml(name)}">${escapeHtml(name)}</a></li>`,
  );
  const sections = families.map(([name, ones]) => section(name, ones));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src https: data:">
<title>Templates</title>
<style>${STYLE}</style>
</head>
<body>
<h1>Templates</h1>
<p>${exhibits.length} templates with the values of their samples.</p>
<nav aria-label="Templates"><ul>${links.join("")}</ul></nav>
<main>
${sections.join("\n")}
</main>
</body>
</html>
`;
}

const STYLE = `
body { margin: 24px; font: 16px/1.5 system-ui, sans-serif; color: #1f2933; background: #fff; }
nav ul { columns: 3 260px; padding-left: 18px; }
section { margin: 48px 0; border-top: 2px solid #1f2933; }
.languages { display: flex; flex-wrap: wrap; gap: 24px 40px; align-items: flex-start; }
.widths { display: flex; flex-wrap: wrap; gap: 0 16px; align-items: flex-start; }
article { min-width: 0; max-width: 100%; }
dl { display: grid; grid-template-columns: max-content minmax(0, auto); gap: 2px 12px; margin: 8px 0; max-width: 680px; }
dt { color: #55616e; }
dd { margin: 0; overflow-wrap: anywhere; }
.inbox { box-sizing: border-box; max-width: 682px; padding: 8px 12px; border: 1px solid #d8dee5; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
figure { margin: 12px 0; min-width: 0; max-width: 100%; }
figcaption { color: #55616e; font-size: 14px; }
iframe { border: 1px solid #d8dee5; max-width: 100%; background: #fff; }
.desktop iframe { height: ${HEIGHTS.desktop}px; }
.phone iframe { height: ${HEIGHTS.phone}px; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 656px; padding: 12px; background: #f3f6f9; font: 14px/1.5 ui-monospace, monospace; }
.bubble { box-sizing: border-box; white-space: pre-wrap; width: 300px; max-width: 100%; padding: 10px 14px; border-radius: 16px; background: #e5e9ee; overflow-wrap: anywhere; }
.findings { color: #9b1c1c; max-width: 656px; }
@media (max-width: 740px) { body { margin: 16px; } .desktop { display: none; } }
@media print { section { break-before: page; } figure { break-inside: avoid; } }
`;

/** The languages of a template are one family: `dispute-received.email`. */
const familyOf = ({ slug, about }: Exhibit): string =>
  about === null ? slug : slug.replace(new RegExp(`\\.${about.language}$`), "");

const section = (
  name: string,
  exhibits: readonly Exhibit[],
): string => `<section id="${escapeHtml(name)}">
<h2>${escapeHtml(name)}</h2>
<div class="languages">
${exhibits.map(article).join("\n")}
</div>
</section>`;

function article({ slug, about, parts, findings }: Exhibit): string {
  const language = about?.language ?? "";
  const list = findings.map((line) => `<li>${escapeHtml(line)}</li>`).join("");
  const shown = about !== null && parts !== null ? partsOf(slug, about, parts) : "";
  return `<article>
<h3>${escapeHtml(language || slug)}</h3>
${about === null ? "" : facts(about, parts)}
${list === "" ? "" : `<ul class="findings">${list}</ul>`}
${shown}
</article>`;
}

function facts(about: TemplateContent, parts: Rendered | null): string {
  const rows: readonly (readonly [string, string | null])[] = [
    ["name", about.name],
    ["channel", about.channel],
    ["theme", about.theme],
    ["sensitive", about.sensitive ? "yes" : null],
    ["subject", parts?.subject ?? null],
    ["preheader", preheaderOf(parts?.html ?? null)],
    ["size", FORMS[about.channel].inSegments ? sizeOf(parts?.text ?? null) : null],
  ];
  const given = rows.filter(([, value]) => value !== null);
  return `<dl>${given.map(([name, value]) => `<dt>${name}</dt><dd>${escapeHtml(value ?? "")}</dd>`).join("")}</dl>`;
}

/** The text that an inbox shows next to the subject: that of the first hidden element. */
export function preheaderOf(html: string | null): string | null {
  const [, hidden = ""] = /<[^>]*display:\s*none[^>]*>([^<]*)/.exec(html ?? "") ?? [];
  const text = hidden.replaceAll(/&zwnj;|&nbsp;|\s+/g, " ").trim();
  return text === "" ? null : unescapeHtml(text);
}

function sizeOf(text: string | null): string | null {
  if (text === null) return null;
  const { segments, encoding, units } = segmentsOf(text);
  const size = `${segments} ${segments === 1 ? "segment" : "segments"} of ${encoding}, ${units} units`;
  const cause = explainUcs2(text);
  return cause === null ? size : `${size}. ${cause}`;
}

function partsOf(slug: string, about: TemplateContent, { subject, html, text }: Rendered): string {
  const lang = escapeHtml(about.language);
  if (FORMS[about.channel].inSegments)
    return `<p class="bubble" lang="${lang}">${escapeHtml(text ?? "")}</p>`;
  const inbox = [subject, preheaderOf(html)].filter((line) => line !== null).map(escapeHtml);
  const frames = Object.entries(WIDTHS).map(([name, width]) =>
    frame(slug, html ?? "", [name, width]),
  );
  return `${inbox.length === 0 ? "" : `<p class="inbox" lang="${lang}"><strong>${inbox[0]}</strong> ${inbox[1] ?? ""}</p>`}
${html === null ? "" : `<div class="widths">${frames.join("")}</div>`}
${text === null ? "" : `<details><summary>Plain text</summary><pre lang="${lang}">${escapeHtml(text)}</pre></details>`}`;
}

/** An empty sandbox allows nothing: no script, no form, no link out of the frame. */
const frame = (slug: string, html: string, [name, width]: readonly [string, number]): string =>
  `<figure class="${name}"><figcaption>${name}, ${width} px</figcaption><iframe sandbox="" loading="lazy" width="${width}" title="${escapeHtml(`${slug}, ${name}`)}" srcdoc="${escapeHtml(html)}"></iframe></figure>`;
