import * as fc from "fast-check";
import Handlebars from "handlebars";
import { describe, expect, test } from "vitest";
import { render } from "../../../src/template/render/render.ts";
import type { Template } from "../../../src/domain/template/template.ts";

const TEMPLATE: Template = {
  id: 1,
  version: 1,
  channel: "email",
  language: "en",
  subjectTemplate: null,
  htmlTemplate: null,
  textTemplate: null,
};

const fragments = (...all: string[]): fc.Arbitrary<string> =>
  fc
    .array(fc.oneof(fc.string({ unit: "grapheme" }), fc.constantFrom(...all)), { minLength: 1 })
    .map((some) => `x${some.join("")}`);

const hostile = fragments(
  "<script>alert(1)</script>",
  '" onmouseover="alert(1)',
  "' onfocus='alert(1)",
  "`",
  "=",
  "&#60;",
  "&lt;",
  "-->",
  "]]>",
  "</title>",
  "{{lender.name}}",
  "\u0000",
  "\u202E",
);
const link = fc.oneof(
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.constantFrom(
    "javascript:alert(1)",
    "java\nscript:alert(1)",
    " JAVASCRIPT:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "//example.com",
    'https://example.com/"><script>alert(1)</script>',
    "https://example.com/' onclick='alert(1)",
    "https://example.com/?a=1&b=<2>",
  ),
);

interface Tag {
  readonly name: string;
  readonly values: readonly string[];
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', amp: "&" };
const unescaped = (html: string): string =>
  html.replaceAll(/&(?:#x([0-9A-F]+)|(\w+));/g, (_, code: string | undefined, name: string) =>
    code === undefined ? (ENTITIES[name] ?? "?") : String.fromCodePoint(Number.parseInt(code, 16)),
  );

/** Html as a browser parses it: tags with the values of their attributes, and the text between them. */
function takeApart(html: string): (Tag | string)[] {
  return html.split(/(<[^>]*>)/).flatMap((fragment, index): (Tag | string)[] => {
    if (index % 2 === 0) return fragment === "" ? [] : [unescaped(fragment)];
    const values = [...fragment.matchAll(/ \w+=(?:"([^"]*)"|'([^']*)')/g)];
    const name = fragment.replaceAll(/=(?:"[^"]*"|'[^']*')/g, "");
    return [{ name, values: values.map(([, one, other]) => unescaped(one ?? other ?? "")) }];
  });
}

describe("html", () => {
  const htmlTemplate = `<a title="{{case.fields.a}}" href="{{url case.fields.link}}">{{case.fields.a}}</a>{{#each case.fields.l as |one|}}<i title='{{one}}'>{{this}}</i>{{/each}}<b>{{default case.fields.none case.fields.a}}</b>`;

  test("is the template's own tags and attributes, with every value in its place and nowhere else", () => {
    fc.assert(
      fc.property(
        hostile,
        link,
        fc.array(hostile, { minLength: 1, maxLength: 3 }),
        (a, href, l) => {
          const context = { case: { fields: { a, l, link: href } } };
          const rendering = render({ ...TEMPLATE, htmlTemplate }, context);
          const isWeb = ["http:", "https:"].includes(URL.parse(href)?.protocol ?? "");
          expect(rendering.kind).toBe(isWeb ? "rendered" : "faulty");
          if (rendering.kind === "faulty") return;
          expect(takeApart(rendering.parts.html ?? "")).toEqual([
            { name: "<a title href>", values: [a, new URL(href).href] },
            a,
            { name: "</a>", values: [] },
            ...l.flatMap((one) => [
              { name: "<i title>", values: [one] },
              one,
              { name: "</i>", values: [] },
            ]),
            { name: "<b>", values: [] },
            a,
            { name: "</b>", values: [] },
          ]);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a subject", () => {
  const broken = fragments(
    "\r\n",
    "\n",
    "\r",
    "\t",
    "\u0085",
    "\u2028",
    "\u2029",
    "\u000B",
    "\u0000",
  );
  const turned = fragments("\u202A", "\u202E", "\u2066", "\u2069", "\u200F", "\u061C");

  test("is always one line that reads one way", () => {
    fc.assert(
      fc.property(fc.oneof(broken, turned, hostile), (value) => {
        const subjectTemplate = "Your case {{case.id}}\n";
        const rendering = render({ ...TEMPLATE, subjectTemplate }, { case: { id: value } });
        const subject = rendering.kind === "rendered" ? (rendering.parts.subject ?? "") : "";
        expect(subject).toMatch(/^Your case x/);
        expect(subject).not.toMatch(
          /[\p{Cc}\p{Zl}\p{Zp}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u,
        );
        expect(subject.isWellFormed()).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("a text message", () => {
  test("has only whole characters, and every link as it was written", () => {
    const words = fragments("😀", "👩‍👩‍👧", "“", "’", "–", "…", "é", "€", "\n\n\n");
    fc.assert(
      fc.property(words, fc.webUrl({ withQueryParameters: true }), words, (before, href, after) => {
        const textTemplate =
          "{{case.fields.before}} {{url case.fields.href}} {{case.fields.after}}";
        const context = { case: { fields: { before, href, after } } };
        const rendering = render({ ...TEMPLATE, channel: "text", textTemplate }, context);
        const text = rendering.kind === "rendered" ? (rendering.parts.text ?? "") : "";
        expect(text).toContain(` ${new URL(href).href} `);
        expect(text.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe("a property that every object inherits", () => {
  const INHERITED = [Object.prototype, Array.prototype, String.prototype, Function.prototype]
    .flatMap((one) => Object.getOwnPropertyNames(one))
    .filter((name) => /^\w+$/.test(name) && name !== "length");
  const CONTEXT = { case: { id: "CS-1", fields: { a: "a" } }, loans: [{ id: "LN-1" }] };

  test.each([
    "{{NAME}}",
    "{{case.NAME}}",
    "{{case.id.NAME}}",
    "{{loans.NAME}}",
    "{{case.fields.NAME.NAME}}",
    "{{#with case.fields}}{{this.NAME}}{{/with}}",
    "{{#each loans as |loan|}}{{loan.NAME}}{{/each}}",
    "{{#each loans}}{{@root.NAME}}{{/each}}",
    "{{upperFirst case.NAME}}",
  ])("is absent from %s", (source) => {
    for (const name of new Set(INHERITED)) {
      const textTemplate = source.replaceAll("NAME", name);
      const rendering = render({ ...TEMPLATE, textTemplate }, CONTEXT);
      expect(rendering, textTemplate).toMatchObject({
        kind: "faulty",
        finding: { message: expect.stringMatching(/ is absent\.$/) },
      });
    }
  });

  test.each(["{{#if case.NAME}}yes{{else}}no{{/if}}", '{{default case.NAME "no"}}'])(
    "is absent for %s",
    (source) => {
      for (const name of new Set(INHERITED)) {
        const textTemplate = source.replaceAll("NAME", name);
        const rendering = render({ ...TEMPLATE, textTemplate }, CONTEXT);
        expect(rendering, textTemplate).toMatchObject({ parts: { text: "no" } });
      }
    },
  );
});

const TAGS = [
  ..."a;{{s}};{{~s~}};{{../s}};{{../../s}};{{this.s}};{{@root.s}};{{o.s}};{{one.s}};{{l.[0].s}}".split(
    ";",
  ),
  ..."\n; ;<b>;{{! no }};.{{@index}};{{@language}};{{{s}}};{{#if @first}}1{{/if}}".split(";"),
  "{{#unless @last}},{{/unless}}",
];
const BLOCKS =
  "if s;if none;unless none;each l;each l as |one|;with o;with o as |one|;each none;with none";

/** Templates with the same meaning in Handlebars; it would add two numbers that are next to each other in a text. */
const grammar = fc.letrec<{ all: string; one: string; block: string }>((tie) => ({
  all: fc.array(tie("one"), { maxLength: 4 }).map((some) => some.join("")),
  one: fc.oneof({ depthSize: "small" }, fc.constantFrom(...TAGS), tie("block")),
  block: fc
    .tuple(fc.constantFrom(...BLOCKS.split(";")), tie("all"), tie("all"))
    .map(([open, inside, otherwise]) => {
      const name = /^\w+/.exec(open)?.[0] ?? "";
      return `{{#${open}}}${inside}{{else}}${otherwise}{{/${name}}}`;
    }),
}));

const LEAF = { s: "<4>" };
const DEEP = { s: "3", o: LEAF, l: [{ s: "3.1" }, { s: "3.2" }] };
const DATA = { s: "1", o: DEEP, l: [{ s: "&1.1", o: LEAF, l: [LEAF] }, DEEP, { s: "1.3" }] };

test.each(["html", "text"] as const)("%s is written as Handlebars itself writes it", (part) => {
  let rendered = 0;
  fc.assert(
    fc.property(grammar.all, (written) => {
      const source = part === "html" ? written.replaceAll("{{{s}}}", "{{s}}") : written;
      const rendering = render(
        { ...TEMPLATE, channel: "mail", [`${part}Template`]: `x${source}x` },
        DATA,
      );
      if (rendering.kind === "faulty") {
        expect(rendering.finding.message).toMatch(/ is absent\.$/);
        return;
      }
      rendered += 1;
      const options = { noEscape: part === "text" };
      const theirs = Handlebars.compile(`x${source}x`, options)(DATA, { data: { language: "en" } });
      const ours = rendering.parts[part];
      expect(ours).toBe(part === "text" ? theirs.replaceAll(/\n{3,}/g, "\n\n") : theirs);
    }),
    { numRuns: 1_000 },
  );
  expect(rendered).toBeGreaterThan(300);
});
