import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { readFolder } from "../../../src/template/folder/read-folder.ts";

const ABOUT = { name: "An email", channel: "email", language: "en" };
const SAMPLE = JSON.parse(
  readFileSync("templates/bankruptcy-filed.email.en/sample.json", "utf8"),
) as Record<string, object>;
const LAYOUT = "<title>{{> heading}}</title>\n<p>{{> preheader}}</p>\n{{> @partial-block}}\n";

/** The findings of a folder as an editor shows them. */
function findings(
  files: Readonly<Record<string, string | object>>,
  partials: Readonly<Record<string, string>> = {},
): string[] {
  const all: Record<string, string | object> = {
    "template.json": ABOUT,
    "sample.json": SAMPLE,
    "subject.hbs": "Hello",
    "text.hbs": "Hello",
    ...files,
  };
  const folder = {
    slug: "an-email",
    files: Object.entries(all).map(([name, content]) => ({
      name,
      text: typeof content === "string" ? content : JSON.stringify(content, null, 2),
    })),
    partials: Object.entries(partials).map(([name, text]) => ({ name, text })),
  };
  return readFolder(folder).findings.map(
    ({ file, line, column, message }) => `${file}:${line}:${column} ${message}`,
  );
}

test("one look finds what JSON, syntax, partials, variables, html and samples have wrong", () => {
  const { lender: _, ...sample } = SAMPLE;
  const found = findings(
    {
      "template.json": '{\n  "name": "An email",\n  "chanel": "sms",\n  "language": "en",\n}',
      "sample.json": { ...sample, case: { ...SAMPLE["case"], fields: {} }, borower: {} },
      "subject.hbs": "{{case.fields.resolution}} {{lender.nmae}}",
      "html.hbs":
        '{{#> layout}}\n{{#*inline "heading"}}H{{/inline}}\n<a href="{{case.fields.link}}">{{> clsoe}}{{#if case.id}}\n{{/layout}}',
      "text.hbs": "{{shout case.id}} {{date case.fields.day}}",
    },
    { "layout.html.hbs": LAYOUT, "close.hbs": "Yours" },
  );
  expect(found).toEqual([
    "template.json:4:19 There is a comma before }. Delete the comma.",
    'template.json:1:1 Add "channel": "…".',
    "template.json:3:3 chanel is not a field. Did you mean channel?",
    "html.hbs:3:43 {{#if case.id}} is not closed. Write {{/if}} where it ends.",
    "html.hbs:3:32 There is no partial clsoe. Did you mean close?",
    'html.hbs:1:1 The partial layout needs the slot preheader. Write {{#*inline "preheader"}}…{{/inline}} between {{#> layout}} and {{/layout}}.',
    "subject.hbs:1:30 There is no variable lender.nmae here. Did you mean lender.name?",
    'html.hbs:3:10 A link needs the url helper: href="{{url …}}".',
    "text.hbs:1:1 There is no helper shout. The helpers are: date, money, phone, url, upperFirst, list, plural, is, default.",
    'sample.json:1:1 Add "lender": {…}.',
    "sample.json:52:3 borower is not a field. Did you mean borrower?",
    "subject.hbs:1:3 With sample.json: case.fields.resolution is absent. Give it a value there, or write with if or default what stands there without it.",
    "html.hbs:3:12 With sample.json: case.fields.link is absent. Give it a value there, or write with if or default what stands there without it.",
    "text.hbs:1:26 With sample.json: case.fields.day is absent. Give it a value there, or write with if or default what stands there without it.",
  ]);
});

describe("JSON", () => {
  test.each([
    ["", "1:1 The file is empty. Write an object: {…}."],
    ["name", "1:1 This is not JSON. Write an object: {…}."],
    ['{"name": "A" "channel": "email", "language": "en"}', "1:14 Write a comma before this."],
    ['{"name" "A", "channel": "email", "language": "en"}', "1:9 Write a colon between the name"],
    ["{'name': 1}", "1:2 JSON has no single quotes. Write double quotes."],
    ['{\n "name": A}', "2:10 Put text in double quotes."],
    ['{\n "name": "A\n"}', '2:10 This text is not closed. Write " at its end'],
    [
      '{"name": "A",\n // a note\n "channel": "email", "language": "en"}',
      "2:2 JSON has no comments.",
    ],
    ['{"name": "A", "channel": "email", "language": "en"} {}', "1:53 The object has ended before"],
    ['{"name": "A", "channel": "email", "language": "en"', "1:51 An object is not closed."],
    ['{"name": "\\x", "channel": "email", "language": "en"}', "1:10 After a backslash there is"],
    [
      '{"name": "A", "channel": "email", "language": "en",\n "name": "B"}',
      "2:2 name is here a second time, and only the last one counts.",
    ],
    ['{"name": " ", "channel": "email", "language": "en"}', "1:2 name must not be blank."],
    [
      '{"name": "A", "channel": "sms", "language": "en"}',
      '1:15 channel cannot be "sms". Did you mean text? The words are voice, email,',
    ],
    [
      '{"name": "A", "channel": "email", "language": "english"}',
      "1:35 language must be such as en or es-MX.",
    ],
    [
      '{"name": "A", "channel": "email", "language": 1}',
      "1:35 language must be a text in double quotes, not a number.",
    ],
    ["[]", "1:1 The file must be an object: {…}, not a list."],
  ])("%j: %s", (text, finding) => {
    expect(findings({ "template.json": text })[0]).toMatch(
      new RegExp(`^${RegExp.escape(`template.json:${finding}`)}`),
    );
  });

  test("what a sample lacks is named where it belongs, object by object", () => {
    const { lender, ...sample } = SAMPLE;
    const shorter = {
      ...sample,
      lender: { ...lender, phone: 1, website: undefined, name: undefined },
    };
    expect(findings({ "sample.json": shorter })).toEqual([
      'sample.json:56:3 Add "name": "…" and "website": "…" to lender.',
      "sample.json:58:5 lender.phone must be a text in double quotes, not a number.",
    ]);
  });

  test("of a file that ends too early, nothing that may have been lost is missed", () => {
    const text = JSON.stringify(SAMPLE, null, 2);
    const found = findings({ "sample.json": text.slice(0, text.indexOf('"case"')) });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain("An object is not closed. Write } at its end.");
  });
});

describe("partials", () => {
  test("text for which a layout has no place would be lost, and is reported", () => {
    const html = `{{#> layout}}{{#*inline "preheder"}}P{{/inline}}{{#*inline "heading"}}H{{/inline}}a{{/layout}}`;
    expect(findings({ "html.hbs": html }, { "layout.html.hbs": LAYOUT })).toEqual([
      'html.hbs:1:1 The partial layout needs the slot preheader. Write {{#*inline "preheader"}}…{{/inline}} between {{#> layout}} and {{/layout}}.',
      "html.hbs:1:14 The partial layout.html.hbs has no place for preheder, so this would be lost. Did you mean preheader?",
    ]);
  });

  test("content for a partial without a place for it is reported", () => {
    expect(findings({ "text.hbs": "{{#> close}}a{{/close}}" }, { "close.hbs": "Yours" })).toEqual([
      "text.hbs:1:1 The partial close.hbs has no place for content, so this would be lost. Write {{> …}} without # and move the content out.",
    ]);
  });

  test("a layout called without content says how to call it", () => {
    const found = findings({ "html.hbs": "{{> layout}}" }, { "layout.html.hbs": LAYOUT });
    expect(found).toContain(
      "html.hbs:1:1 The partial layout takes content. Write {{#> layout}}…{{/layout}}.",
    );
    expect(found).toContain(
      'html.hbs:1:1 The partial layout needs the slot heading. Write {{#> layout}}{{#*inline "heading"}}…{{/inline}}{{/layout}}.',
    );
  });

  test("a partial of other languages only is named with its files", () => {
    expect(findings({ "text.hbs": "{{> close}}" }, { "close.es.hbs": "Atentamente" })).toEqual([
      "text.hbs:1:1 The partial close is there for other templates only (close.es.hbs). Write partials/close.hbs, or one for this part, language or theme.",
    ]);
  });

  test("the content of a partial that is not there is checked all the same", () => {
    const html = `{{#> layuot}}{{#*inline "heading"}}{{lender.nmae}}{{/inline}}{{case.filds.x}}{{/layuot}}`;
    expect(findings({ "html.hbs": html }, { "layout.html.hbs": LAYOUT })).toEqual([
      "html.hbs:1:1 There is no partial layuot. Did you mean layout?",
      "html.hbs:1:38 There is no variable lender.nmae here. Did you mean lender.name?",
      "html.hbs:1:64 There is no variable case.filds.x here. Did you mean case.fields.x?",
    ]);
  });

  test("a slip in a partial is reported there", () => {
    expect(
      findings({ "text.hbs": "{{> close}}" }, { "close.hbs": "a {{> nmae}}", "name.hbs": "N" }),
    ).toEqual(["close.hbs:1:3 There is no partial nmae. Did you mean name?"]);
  });
});

test("several samples with the same fault say it once", () => {
  const found = findings({
    "text.hbs": "{{case.fields.none}}",
    "sample.long.json": SAMPLE,
  });
  expect(found).toEqual([
    "text.hbs:1:3 With sample.json and sample.long.json: case.fields.none is absent. Give it a value there, or write with if or default what stands there without it.",
  ]);
});

describe("syntax", () => {
  test.each([
    [
      "{{#if case.id}}{{#each loans}}x{{/if}}",
      ["1:16 {{#each loans}} is not closed. Write {{/each}}"],
    ],
    ["{{/if}} a", ["1:1 {{/if}} closes no block. Delete it, or open the block."]],
    [
      "{{a b=}}\n{{lender.name}}\n{{#if x=}}y{{/if}}\n{{case.id",
      ["1:7 This cannot be read: }}", "3:9 This cannot be read: }}", "4:1 This tag is not closed."],
    ],
    [
      "{{#if x=}}y{{/if}} {{lender.nmae}}",
      ["1:9 This cannot be read: }}", "1:22 There is no variable lender.nmae here."],
    ],
    ["a {{!-- {{#if --}}{{#unless case.id}}", ["1:19 {{#unless case.id}} is not closed."]],
  ])("%j has every fault at once", (text, expected) => {
    const found = findings({ "text.hbs": text });
    expect(found).toHaveLength(expected.length);
    for (const [index, start] of expected.entries())
      expect(found[index]?.startsWith(`text.hbs:${start}`), found[index]).toBe(true);
  });
});
