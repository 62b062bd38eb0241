import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { preheaderOf } from "../../src/commands/templates/gallery-page.ts";
import { templates } from "../../src/commands/templates/group.ts";
import { unescapeHtml } from "../../src/template/language/escape-html.ts";
import { readStarter } from "../template/starter-set.ts";
import { render } from "../../src/template/render/render.ts";
import { emailFiles, SAMPLE, useFolders } from "./folders.ts";

const { root, write } = useFolders();

async function gallery(...words: readonly string[]) {
  const lines: string[] = [];
  const path = join(root, "out/gallery.html");
  const code = await templates.run(["gallery", ...words, "--out", path], (line) =>
    lines.push(line),
  );
  return { code, output: lines.join("\n"), page: readFileSync(path, "utf8") };
}

/** The documents in the frames of a page. */
const framesOf = (page: string): string[] =>
  [...page.matchAll(/ srcdoc="([^"]*)"/g)].map(([, source = ""]) => unescapeHtml(source));

test("one page shows the whole starter set, its languages side by side, at two widths", async () => {
  const { code, output, page } = await gallery();
  expect(code).toBe(0);
  expect(output).toMatch(/^38 templates: file:\/\/.*\/out\/gallery\.html$/);
  expect(page.match(/<section /g)).toHaveLength(19);
  expect(page.match(/<article>/g)).toHaveLength(38);
  expect(page.match(/<iframe [^>]* width="680"/g)).toHaveLength(18);
  expect(page.match(/<iframe [^>]* width="390"/g)).toHaveLength(18);
  const [, family = ""] =
    /<section id="dispute-resolved.email">([^]*?)<\/section>/.exec(page) ?? [];
  expect(family.match(/<h3>(.*)<\/h3>/g)).toEqual(["<h3>en</h3>", "<h3>es</h3>"]);
  expect(family).toContain("<dt>subject</dt><dd>Our answer to your dispute</dd>");
  expect(family).toContain(
    "<dt>preheader</dt><dd>What we found, and what you can do if you disagree.</dd>",
  );
  expect(family).toContain("<dt>theme</dt><dd>opsServicing</dd>");
  expect(page).toMatch(/<dt>size<\/dt><dd>1 segment of GSM-7, \d+ units<\/dd>/);
});

// Seen in Chromium at 390, 1280 and 2400 px. Before, a phone showed the left half of each email, and Spanish was outside the window.
test("languages wrap, no frame is wider than the window, and a phone gets the frame of a phone only", async () => {
  const { page } = await gallery();
  expect(page.match(/<figure class="desktop">/g)).toHaveLength(18);
  expect(page.match(/<figure class="phone">/g)).toHaveLength(18);
  expect(page).toMatch(/\.languages \{[^}]*flex-wrap: wrap/);
  expect(page).toMatch(/\bfigure \{[^}]*min-width: 0; max-width: 100%/);
  expect(page).toMatch(/\biframe \{[^}]*max-width: 100%/);
  expect(page).toMatch(/@media \(max-width: 740px\) \{[^@]*\.desktop \{ display: none; \}/);
});

test("a frame holds exactly what is rendered", async () => {
  const { page } = await gallery("templates/dispute-resolved.email.en");
  const { template, sample } = readStarter("dispute-resolved.email.en");
  const rendering = render(template, sample);
  const html = rendering.kind === "rendered" ? rendering.parts.html : "";
  expect(framesOf(page)).toEqual([html, html]);
});

test("the page has no script, allows none, and no value of a template becomes a part of it", async () => {
  const hostile = { ...SAMPLE, case: { ...(SAMPLE as { case: object }).case, id: '"><script>x' } };
  write(
    emailFiles("hostile", {
      "sample.json": hostile,
      "html.hbs": '<p title="{{case.id}}">{{case.id}}</p>',
      "subject.hbs": "{{case.id}}",
      "text.hbs": "{{case.id}}",
    }),
  );
  const { code, page } = await gallery(join(root, "hostile"));
  expect(code).toBe(0);
  expect(page).not.toMatch(/<script|\son\w+=|javascript:/i);
  expect(page).toContain("default-src 'none'");
  expect(page.match(/<iframe sandbox="" /g)).toHaveLength(2);
  expect(page).toContain("<dd>&quot;&gt;&lt;script&gt;x</dd>");
});

test("a template with findings is listed with them, and the others are shown", async () => {
  write({
    ...emailFiles("mixed/faulty", { "text.hbs": "{{lender.nmae}}" }),
    ...emailFiles("mixed/sound"),
    ...emailFiles("mixed/torn", { "template.json": "{" }),
  });
  const { code, output, page } = await gallery(join(root, "mixed"));
  expect(code).toBe(1);
  expect(output).toContain("There is no variable lender.nmae here. Did you mean lender.name?");
  expect(page.match(/<ul class="findings">/g)).toHaveLength(2);
  expect(page).toContain("<dt>subject</dt><dd>About your case</dd>");
});

test.each([
  ["<div style='display:none'>Read &amp; see.&zwnj;&nbsp;</div>", "Read & see."],
  ["<p>Nothing hidden</p>", null],
  [null, null],
])("the preheader of %j is %j", (html, preheader) => {
  expect(preheaderOf(html)).toBe(preheader);
});
