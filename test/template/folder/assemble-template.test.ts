import { describe, expect, test } from "vitest";
import { assembleParts, choosePartials } from "../../../src/template/folder/assemble-parts.ts";
import { assemble } from "../../../src/template/folder/assemble-template.ts";
import type { Partials } from "../../../src/template/folder/insertion-points.ts";
import { checkTemplate } from "../../../src/template/check/check-template.ts";

function assembled(text: string, partials: Record<string, string> = {}) {
  return assemble({ name: "html.hbs", text }, filesOf(partials));
}

function filesOf(partials: Record<string, string>): Partials {
  const files = Object.entries(partials).map(
    ([name, text]) => [name, { name: `${name}.hbs`, text }] as const,
  );
  return { fitting: new Map(files), elsewhere: new Map() };
}

describe("partials that are inlined", () => {
  test.each([
    {
      message: "a template without partials stays as it is",
      text: "a\n{{#if b}}\nc\n{{/if}}\n{{! d }}",
      whole: "a\n{{#if b}}\nc\n{{/if}}\n{{! d }}",
    },
    {
      message: "a partial, without the line break at its end",
      text: "a\n{{> b}}\nc {{> b}}",
      partials: { b: "B\nB\n" },
      whole: "a\nB\nB\nc B\nB",
    },
    {
      message: "a partial in a partial, and in both branches of a block",
      text: "{{#if a}}{{> b}}{{else}}{{> c}}{{/if}}",
      partials: { b: "<{{> c}}>", c: "C" },
      whole: "{{#if a}}<C>{{else}}C{{/if}}",
    },
    {
      message: "the same partial twice",
      text: "{{> b}}{{> b}}",
      partials: { b: "{{> c}}", c: "C" },
      whole: "CC",
    },
    {
      message: "content, without the line breaks around it",
      text: "{{#> frame}}\na\n{{> b}}\n{{/frame}}\n",
      partials: { frame: "[\n{{> @partial-block}}\n]", b: "B" },
      whole: "[\na\nB\n]\n",
    },
    {
      message: "no content",
      text: "{{#> frame}}{{/frame}}",
      partials: { frame: "[{{> @partial-block}}]" },
      whole: "[]",
    },
    {
      message: "slots, taken out of the content with their lines",
      text: '{{#> frame}}\n{{#*inline "top"}}T{{/inline}}\nrest {{#*inline "end"}}E{{/inline}}\n{{/frame}}',
      partials: { frame: "{{> top}}|{{> @partial-block}}|{{> end}}" },
      whole: "T|rest |E",
    },
    {
      message: "a slot before a partial of the same name, also deeper down",
      text: '{{#> frame}}{{#*inline "foot"}}own {{> foot}}{{/inline}}{{/frame}}{{> foot}}',
      partials: { frame: "{{> sole}}", sole: "{{> foot}}", foot: "usual" },
      whole: "own usualusual",
    },
    {
      message: "an empty slot",
      text: '{{#> frame}}{{#*inline "foot"}}{{/inline}}{{/frame}}',
      partials: { frame: "[{{> foot}}]", foot: "usual" },
      whole: "[]",
    },
    {
      message: "a frame in a frame",
      text: "{{#> frame}}{{#> frame}}a{{/frame}}{{/frame}}",
      partials: { frame: "[{{> @partial-block}}]" },
      whole: "[[a]]",
    },
    {
      message: "a part of an attribute",
      text: '<p style="{{> p}}">',
      partials: { p: "margin:0;\n" },
      whole: '<p style="margin:0;">',
    },
  ])("$says", ({ text, partials, whole }) => {
    expect(assembled(text, partials)).toMatchObject({ source: whole, findings: [] });
  });
});

describe("partials that cannot be inlined", () => {
  const ROUND = { a: "\n {{> b}}", b: "{{> a}}" };
  const SLOT = 'Write {{#*inline "slot"}}…{{/inline}} directly inside a partial that has content.';
  test.each([
    ["a\n {{> b}}", {}, "html.hbs 2:2 There is no partial b."],
    ["{{#> b}}a{{/b}}", {}, "html.hbs 1:1 There is no partial b."],
    ["{{> (b)}}", {}, "html.hbs 1:1 There is no partial ."],
    ["{{> @partial-block}}", {}, "html.hbs 1:1 There is no partial @partial-block."],
    ["{{> constructor}}", {}, "html.hbs 1:1 There is no partial constructor."],
    ["{{> a}}", ROUND, "b.hbs 1:1 The partial a contains itself: a > b > a."],
    ["{{> a}}", { a: "{{> a}}" }, "a.hbs 1:1 The partial a contains itself: a > a."],
    [
      "{{> b borrower}}",
      { b: "" },
      "html.hbs 1:1 The partial b is inlined unchanged: it takes no values and no ~.",
    ],
    [
      "{{> b size=1}}",
      { b: "" },
      "html.hbs 1:1 The partial b is inlined unchanged: it takes no values and no ~.",
    ],
    [
      "{{#> b}}a{{~/b}}",
      { b: "" },
      "html.hbs 1:1 The partial b is inlined unchanged: it takes no values and no ~.",
    ],
    ['{{#*inline "a"}}b{{/inline}}', {}, `html.hbs 1:1 ${SLOT}`],
    [
      '{{#> b}}{{#if c}}{{#*inline "a"}}b{{/inline}}{{/if}}{{/b}}',
      { b: "{{> @partial-block}}" },
      `html.hbs 1:18 ${SLOT}`,
    ],
    [
      "{{#> b}}{{#*inline c}}b{{/inline}}{{/b}}",
      { b: "{{> @partial-block}}" },
      `html.hbs 1:9 ${SLOT}`,
    ],
    [
      '{{#> b}}{{#*other "c"}}b{{/other}}{{/b}}',
      { b: "{{> @partial-block}}" },
      `html.hbs 1:9 ${SLOT}`,
    ],
    ["a \\{{b}}", {}, "html.hbs 1:3 A backslash before two braces is not supported."],
  ])("%s with %o: %s", (text, partials, finding) => {
    const { findings } = assembled(text, partials);
    expect(
      findings.map(({ file, line, column, message }) => `${file} ${line}:${column} ${message}`),
    ).toEqual([finding]);
  });
});

describe("where it was written", () => {
  test("every character is traced to its file and place", () => {
    const partials = { frame: "<1>\n{{> top}}\n {{> @partial-block}}<2>", b: "<b>\n" };
    const text =
      '<3>\n{{#> frame}}\n{{#*inline "top"}}<4>{{/inline}}\n<5>{{> b}}\n<6>\n{{/frame}}<7>';
    const { source, originOf } = assembled(text, partials);
    const files: Record<string, string> = {
      "html.hbs": text,
      "frame.hbs": partials.frame,
      "b.hbs": partials.b,
    };
    for (const mark of source.match(/<.>/g) ?? []) {
      const lines = source.slice(0, source.indexOf(mark)).split("\n");
      const { file, line, column } = originOf({
        line: lines.length,
        column: (lines.at(-1) ?? "").length + 1,
      });
      expect(files[file]?.split("\n")[line - 1]?.slice(column - 1)).toMatch(new RegExp(`^${mark}`));
    }
    expect(source.match(/<.>/g)).toHaveLength(8);
  });

  test("findings name the file that the author wrote, broken ones included", () => {
    const partials = [
      { name: "layout.html.hbs", text: "<html>\n<p title={{case.id}}>\n{{> @partial-block}}" },
      { name: "footer.en.hbs", text: "\n {{date case.id x=}}" },
    ];
    const { sources, findings, trace } = assembleParts(
      {
        subject: "Hello",
        html: "{{#> layout}}\n{{case.nothing}}\n{{/layout}}",
        text: "Hello\n{{> footer}}",
      },
      partials,
      { language: "en", theme: null },
    );
    const template = {
      id: 1,
      version: 1,
      channel: "email",
      language: "en",
      subjectTemplate: sources.subject,
      htmlTemplate: sources.html,
      textTemplate: sources.text,
    } as const;
    expect(findings).toMatchObject([{ file: "footer.en.hbs", line: 2, column: 19 }]);
    expect(checkTemplate(template, { "sample.json": {} }).map(trace).slice(0, 2)).toMatchObject([
      { file: "layout.html.hbs", line: 2, column: 10 },
      { file: "html.hbs", line: 2, column: 3 },
    ]);
  });
});

test.each([
  ["es", "opsCollDebt", "footer.opsCollDebt.es.html.hbs"],
  ["es-MX", "opsCollDebt", "footer.opsCollDebt.es.html.hbs"],
  ["es-PR", "opsServicing", "footer.es-PR.hbs"],
  ["es", null, "footer.es.html.hbs"],
  ["en", "opsCollDebt", "footer.opsCollDebt.hbs"],
  ["en", "opsServicing", "footer.hbs"],
  ["es", "inbHumanLove", "footer.inbHumanLove.hbs"],
])("in %s for %s the footer is %s", (language, theme, name) => {
  const names = [
    "footer.opsCollDebt.es.html.hbs",
    "footer.opsCollDebt.hbs",
    "footer.es-PR.hbs",
    "footer.es.html.hbs",
    "footer.html.fr.hbs",
    "footer.text.hbs",
    "footer.hbs",
    "footer.inbHumanLove.hbs",
    "layout.html.hbs",
  ];
  for (const files of [names, names.toReversed()])
    expect(
      choosePartials(
        files.map((file) => ({ name: file, text: "" })),
        "html",
        { language, theme },
      ).fitting.get("footer"),
    ).toEqual({ name, text: "" });
});
