import { describe, expect, test } from "vitest";
import { checkTemplate } from "../../../src/template/check/check-template.ts";
import { declaredVariables } from "../../../src/template/check/declared-context.ts";
import { requirementsOf } from "../../../src/template/check/requirements.ts";
import type { Template } from "../../../src/domain/template/template.ts";
import type { TemplateContext } from "../../../src/domain/template/context.ts";

const LOAN = { id: "LN-1", externalId: null, displayId: "1001", loanTypeId: null, data: {} };
const SAMPLE: TemplateContext = {
  lender: {
    name: "Example Lending",
    postalAddress: "1 Main Street, Columbus, OH 43004",
    phone: "+16145550100",
    website: "https://www.example.com",
    timeZone: "America/New_York",
  },
  borrower: {
    id: "BO-1",
    externalId: null,
    displayId: null,
    borrowerType: "person",
    status: "active",
    name: { firstName: "Ana" },
    language: "en",
    timeZone: null,
    metaData: {},
  },
  loan: LOAN,
  loans: [LOAN],
  case: {
    id: "CS-1",
    typeId: "dispute",
    typeName: "Dispute",
    status: "initiated",
    outcome: null,
    fields: {
      reason: "A reason",
      documents: ["a", "b"],
      day: "2031-03-03",
      link: "https://example.com",
    },
  },
  contact: { id: "CT-1", contactType: "email", label: null, name: null, value: "ana@example.com" },
  notificationType: { id: 1, name: "Dispute received" },
  now: "2031-03-03T15:00:00Z",
};
const SAMPLES = { "sample.json": SAMPLE };

function email(parts: Partial<Template>): Template {
  return {
    id: 1,
    version: 1,
    channel: "email",
    language: "en",
    subjectTemplate: "Hello",
    htmlTemplate: null,
    textTemplate: "Hello",
    ...parts,
  };
}

/** As an editor shows it: `text 1:3 Sentence.` */
function findings(template: Template, samples: Record<string, unknown> = SAMPLES): string[] {
  return checkTemplate(template, samples).map(
    ({ file, line, column, message }) => `${file} ${line}:${column} ${message}`,
  );
}
const inText = (textTemplate: string): string[] => findings(email({ textTemplate }));
const inHtml = (htmlTemplate: string): string[] => findings(email({ htmlTemplate }));

describe("syntax", () => {
  test.each([
    [
      "a\n{{#if case.id}}\n",
      "text 2:1 {{#if case.id}} is not closed. Write {{/if}} where it ends.",
    ],
    [
      "{{#if case.id}}a{{/each}}",
      "text 1:17 {{/each}} does not close {{#if case.id}} of line 1. Write {{/if}}.",
    ],
    ["Dear you,\n\nhello {{case.id", "text 3:7 This tag is not closed. Write }} at its end."],
    ["a\n {{date case.id x=}}", "text 2:19 This cannot be read: }}"],
    ["{{else}}", "text 1:1 {{else}} is outside a block. Delete it."],
  ])("%j: %s", (source, finding) => {
    expect(inText(source)).toEqual([finding]);
  });
});

test("a part too long for mail programs is refused, and not read", () => {
  expect(inText("x".repeat(100_001))).toEqual([
    "text 1:1 A part has at most 100000 characters: mail programs cut off the rest.",
  ]);
});

describe("the opt-out link", () => {
  test.each([
    "{{optOutUrl}}",
    "{{url optOutUrl}}",
    "{{#if case.id}}{{url optOutUrl}}{{/if}}",
    "{{#unless optOutUrl}}{{url optOutUrl}}{{/unless}}",
  ])("%s fails where there is no public address", (source) => {
    expect(inText(source)).toContainEqual(
      expect.stringContaining("Write it inside {{#if optOutUrl}}."),
    );
  });

  test("inside a condition on it passes", () => {
    expect(inText("Hello. {{#if optOutUrl}}Stop: {{url optOutUrl}}{{/if}}")).toEqual([]);
  });
});

describe("variables", () => {
  test.each([
    ["{{lender.nmae}}", "1:3 There is no variable lender.nmae here. Did you mean lender.name?"],
    ["a\n  {{borower.id}}", "2:5 There is no variable borower.id here. Did you mean borrower.id?"],
    [
      "{{#if case.filds.x}}a{{/if}}",
      "1:7 There is no variable case.filds.x here. Did you mean case.fields.x?",
    ],
    ["{{#unless nothing}}a{{/unless}}", "1:11 There is no variable nothing here."],
    ["{{#each lones}}a{{/each}}", "1:9 There is no variable lones here."],
    ["{{#each loans}}{{number}}{{/each}}", "1:18 There is no variable number here."],
    ["{{#each loans}}{{this.number}}{{/each}}", "1:18 There is no variable this.number here."],
    [
      "{{#each loans}}{{lender.name}}{{/each}}",
      "1:18 There is no variable lender.name here. Inside this block it is @root.lender.name.",
    ],
    [
      "{{#each loans}}{{../lender.nmae}}{{/each}}",
      "1:18 There is no variable ../lender.nmae here. Did you mean ../lender.name?",
    ],
    [
      "{{#each loans as |one|}}{{one.number}}{{/each}}",
      "1:27 There is no variable one.number here.",
    ],
    [
      "{{#with borrower}}{{nmae}}{{/with}}",
      "1:21 There is no variable nmae here. Did you mean name?",
    ],
    [
      "{{#with borrower as |b|}}{{b.nmae}}{{/with}}",
      "1:28 There is no variable b.nmae here. Did you mean b.name?",
    ],
    ["{{../lender.name}}", "1:3 There is no variable ../lender.name here."],
    ["{{#if case.id}}{{../lender.name}}{{/if}}", "1:18 There is no variable ../lender.name here."],
    ["{{date cse.day}}", "1:8 There is no variable cse.day here."],
    ["{{upperFirst (default cse.x loan.y)}}", "1:23 There is no variable cse.x here."],
    ["{{upperFirst (default cse.x loan.y)}}", "1:29 There is no variable loan.y here."],
    ["{{@index}}", "1:3 There is no variable @index here."],
    ["{{#each loans}}{{@constructor}}{{/each}}", "1:18 There is no variable @constructor here."],
    ["{{#each (default case.id lender.name)}}a{{/each}}", "1:9 This is not a list."],
    ["{{list 'a'}}", "1:8 This is not a list."],
    [
      "{{#each loans}}{{#each ../loans}}{{@../index}}{{/each}}{{/each}}",
      "1:36 There is no variable @../index here.",
    ],
    ["{{constructor.name}}", "1:3 There is no variable constructor.name here."],
    ["{{case.outcome.name}}", "1:3 There is no variable case.outcome.name here."],
    ["{{lender.constructor}}", "1:3 There is no variable lender.constructor here."],
    ["{{loans.first.id}}", "1:3 There is no variable loans.first.id here."],
    [
      "{{#if case.id}}a{{else if case.nothing}}b{{/if}}",
      "1:27 There is no variable case.nothing here.",
    ],
    ["{{borrower.name}}", "1:3 borrower.name is not a text."],
    ["{{date loans}}", "1:8 loans is not a text."],
    ["{{list lender.name}}", "1:8 lender.name is not a list."],
    ["{{#each lender}}a{{/each}}", "1:9 lender is not a list."],
    ["{{#with lender.name}}a{{/with}}", "1:9 lender.name is not a record."],
    ["{{#each loans}}{{@last}}{{/each}}", "1:18 @last is not a text."],
    ["{{'text'}}", "1:1 This is not a variable. Write it as plain text."],
  ])("%s is found", (source, finding) => {
    expect(inText(source)).toContain(`text ${finding}`);
  });

  test.each([
    "{{case.fields.reason}} {{borrower.name.firstName}}",
    "x{{#if case.fields.anything.below}}a{{/if}}{{#if borrower.metaData.key}}b{{/if}}{{#if loan.data.key}}c{{/if}}",
    "{{#each loans}}{{displayId}} {{this.displayId}} {{./id}} {{../lender.name}} {{@root.lender.name}} {{@index}}{{#if @first}}a{{/if}}{{#unless @last}}b{{/unless}}{{/each}}",
    "{{#each loans as |one index|}}{{one.id}} {{index}}{{#if one.data.key}}a{{/if}}{{/each}}",
    "{{#each case.fields.documents}}{{this}}{{#each ../loans}}{{../../case.id}}{{/each}}{{/each}}",
    "{{#with borrower as |b|}}{{b.id}} {{id}} {{name.firstName}} {{../lender.name}}{{/with}}",
    "{{#with case.fields}}{{reason}}{{/with}}",
    "{{#with borrower}}{{#with this}}{{../id}}{{../../lender.name}}{{/with}}{{/with}}",
    "{{loans.[0].id}} {{loans.length}} {{@language}}",
    "{{upperFirst (default loan.displayId (default borrower.name.nick lender.name))}}",
    "{{^if loan.externalId}}none{{/if}}",
  ])("%s is in order", (source) => {
    expect(inText(source)).toEqual([]);
  });
});

describe("helpers", () => {
  const THERE_ARE =
    "The helpers are: date, money, phone, url, upperFirst, list, plural, is, default.";
  test.each([
    ["{{upcase case.id}}", `There is no helper upcase. ${THERE_ARE}`],
    ["{{lookup case 'id'}}", `There is no helper lookup. ${THERE_ARE}`],
    ["{{log case.id}}", `There is no helper log. ${THERE_ARE}`],
    [
      "{{#date case.id}}a{{/date}}",
      "There is no block date. The blocks are: if, unless, each, with.",
    ],
    [
      "{{#borrower}}a{{/borrower}}",
      "There is no block borrower. The blocks are: if, unless, each, with.",
    ],
    ["{{#if case.id case.id}}a{{/if}}", "if takes one value."],
    ["{{date}}", "date is a helper here and needs a value; a variable of that name is this.date."],
    ["{{phone lender.phone lender.phone}}", "phone takes 1 value."],
    ["{{date case.fields.day patern='d'}}", "date has no option patern."],
    ["{{date case.fields.day 'D YYYY'}}", "date has no pattern D, YYYY. Did you mean d, yyyy?"],
    [
      "{{date case.fields.day case.fields.pattern}}",
      "The pattern and options of date must be quoted text; they cannot come from a variable.",
    ],
    ["{{money case.fields.a unit='pennies'}}", 'unit can only be "cents" or "dollars".'],
    [
      "{{money case.fields.a unit=case.fields.unit}}",
      "The pattern and options of money must be quoted text; they cannot come from a variable.",
    ],
    ["{{list case.fields.documents as='but'}}", 'as can only be "and" or "or".'],
    ["{{plural case.fields.count one='day'}}", "plural needs the form other."],
  ])("%s: %s", (source, message) => {
    expect(inText(source)).toEqual([`text 1:1 ${message}`]);
  });

  test("a partial that was not put in, and a decorator, are found", () => {
    const message = "This partial or decorator does not exist.";
    expect(inText("a {{> footer}}{{* mark}}")).toEqual([
      `text 1:3 ${message}`,
      `text 1:15 ${message}`,
    ]);
  });
});

describe("html", () => {
  test.each([
    ["<p>{{{case.id}}}</p>", "1:4 Raw output is not allowed in html. Use two braces."],
    ["<p>{{&case.id}}</p>", "1:4 Raw output is not allowed in html. Use two braces."],
    ["<p title={{case.id}}>", "1:10 Put quotes around the value of title."],
    ["<p title=a{{case.id}}>", "1:11 Put quotes around the value of title."],
    ["<p {{case.id}}>", "1:4 A variable in a tag must be inside a quoted value."],
    ["<{{case.id}}>", "1:2 A variable in a tag must be inside a quoted value."],
    ["<p{{case.id}}>", "1:3 A variable in a tag must be inside a quoted value."],
    ['<p title="a"{{case.id}}>', "1:13 A variable in a tag must be inside a quoted value."],
    ['<a href="{{case.fields.link}}">', '1:10 A link needs the url helper: href="{{url …}}".'],
    ["<A HREF = '{{case.fields.link}}'>", '1:12 A link needs the url helper: href="{{url …}}".'],
    [
      '<img src="https://example.com/{{case.id}}">',
      '1:31 A link needs the url helper: src="{{url …}}".',
    ],
    [
      '<a href="javascript:{{url case.fields.link}}">',
      "1:21 The url helper must be at the beginning of href.",
    ],
    [
      '<a href="{{#if case.id}}javascript:{{/if}}{{url case.fields.link}}">',
      "1:43 The url helper must be at the beginning of href.",
    ],
    [
      "<p onclick=\"f('{{case.id}}')\">",
      "1:16 A variable is not allowed in onclick, because it contains code.",
    ],
    [
      '<p style="color:{{case.id}}">',
      "1:17 A variable is not allowed in style, because it contains code.",
    ],
    ["<style>a { color: {{case.id}} }</style>", "1:19 A variable is not allowed in <style>."],
    ['<meta name="x" content="{{case.id}}">', "1:25 A variable is not allowed in <meta>."],
    [
      '<img longdesc="{{case.fields.link}}">',
      '1:16 A link needs the url helper: longdesc="{{url …}}".',
    ],
    ["<p>{{case.id}}</p>\n<script>let a = 1;</script>", "2:8 <script> is not allowed in a notice."],
    [
      '<meta http-equiv="refresh" content="0;url=https://a.example">',
      "1:17 <meta http-equiv> is not allowed in a notice.",
    ],
    ["<style>\np { color: {{case.id}} }</style>", "2:12 A variable is not allowed in <style>."],
    ["<!-- {{case.id}} -->", "1:6 A variable is not allowed in an html comment."],
    [
      '{{#if case.id}}<a title="{{else}}<p{{/if}}>',
      "1:1 One branch of the block opens or closes a tag, a quote or a comment, and the other does not.",
    ],
    [
      `{{#if case.id}}<b title="{{else}}<b title='{{/if}}x">`,
      "1:1 One branch of the block opens or closes a tag, a quote or a comment, and the other does not.",
    ],
    [
      '{{#each loans}}<b title="{{else}}<b title="{{/each}}x">',
      "1:1 One branch of the block opens or closes a tag, a quote or a comment, and the other does not.",
    ],
    [
      '<p title="{{#each loans}}">{{/each}}',
      "1:11 One branch of the block opens or closes a tag, a quote or a comment, and the other does not.",
    ],
  ])("%s is found", (source, finding) => {
    expect(inHtml(source)).toContain(`html ${finding}`);
  });

  test.each(["base", "iframe", "object", "embed", "applet", "form", "svg"])(
    "<%s> is not allowed",
    (element) => {
      const at = element.length + 2;
      expect(inHtml(`<${element} x>`)).toContain(
        `html 1:${at} <${element}> is not allowed in a notice.`,
      );
    },
  );

  test.each([
    "<!doctype html><title>{{case.id}}</title><p title=\"{{case.id}} and {{lender.name}}\" class='{{#if loan.displayId}}a{{else}}b{{/if}}'>{{case.id}}</p>",
    '<a href="{{url case.fields.link}}">a</a><a href="{{url lender.website}}#top">a</a>',
    "<a href='{{#if case.fields.link}}{{url case.fields.link}}{{else}}{{url lender.website}}{{/if}}'>a</a>",
    "<!-- a > b --><style>p > a { color: red }</style><meta charset=utf-8>{{case.id}} < 5 <br/>{{case.id}}",
    "{{#if case.id}}<b>{{case.id}}</b>{{else}}<i>none</i>{{/if}}{{#each loans}}<li>{{id}}</li>{{/each}}",
    '<input disabled title="{{case.id}}" checked>',
  ])("%s is in order", (source) => {
    expect(inHtml(source)).toEqual([]);
  });

  test("in a text, raw output is what there always is", () => {
    expect(inText("{{{case.id}}} <a href={{case.id}}>")).toEqual([]);
  });
});

describe("parts", () => {
  const part = (channel: Template["channel"], parts: Partial<Template>) =>
    findings({ ...email({ subjectTemplate: null, textTemplate: null }), channel, ...parts });

  test.each([
    ["email", { subjectTemplate: "a", textTemplate: "b", htmlTemplate: "c" }, []],
    [
      "email",
      { subjectTemplate: "a", htmlTemplate: "c" },
      ["text 1:1 A template for email needs a text part."],
    ],
    ["email", { textTemplate: "b" }, ["subject 1:1 A template for email needs a subject part."]],
    [
      "email",
      { subjectTemplate: " \n", textTemplate: "b" },
      ["subject 1:1 A template for email needs a subject part."],
    ],
    ["text", { textTemplate: "a" }, []],
    [
      "text",
      { textTemplate: "a", htmlTemplate: "b" },
      ["html 1:1 A template for text has no html part."],
    ],
    [
      "text",
      { subjectTemplate: "a", textTemplate: "b" },
      ["subject 1:1 A template for text has no subject part."],
    ],
    ["voice", { textTemplate: "a" }, []],
    ["mail", { htmlTemplate: "a" }, []],
    ["document", { textTemplate: "a" }, ["html 1:1 A template for document needs a html part."]],
    ["gui", { htmlTemplate: "a", textTemplate: "b" }, []],
  ] as const)("%s of %o", (channel, parts, expected) => {
    expect(part(channel, parts)).toEqual(expected);
  });

  test("a subject has one line", () => {
    expect(findings(email({ subjectTemplate: "Hello\n" }))).toEqual([]);
    expect(findings(email({ subjectTemplate: "Hello\nyou" }))).toEqual([
      "subject 1:6 A subject has one line.",
    ]);
  });

  test("a subject has at most 200 characters, as rendered", () => {
    const named = (length: number) => ({
      "sample.json": { ...SAMPLE, case: { ...SAMPLE.case, id: "é".repeat(length) } },
    });
    const template = email({ subjectTemplate: "{{case.id}}" });
    expect(findings(template, named(200))).toEqual([]);
    expect(findings(template, named(201))).toEqual([
      "subject 1:1 With sample.json: The subject has 201 characters, more than 200.",
    ]);
  });
});

describe("samples", () => {
  const message = (textTemplate: string): Template => ({
    ...email({ subjectTemplate: null }),
    channel: "text",
    textTemplate,
  });
  const withCase = (fields: Record<string, unknown>, id = "CS-1") => ({
    ...SAMPLE,
    case: { ...SAMPLE.case, id, fields },
  });

  test("there must be one", () => {
    expect(findings(email({}), {})).toEqual([
      "sample.json 1:1 There is no sample. Copy the sample.json of a template for the same channel: a template is checked with it.",
    ]);
  });

  test("each is a whole context and nothing else", () => {
    const { lender: _, ...rest } = SAMPLE;
    expect(findings(email({}), { "a.json": { ...rest, extra: 1 }, "b.json": null })).toEqual([
      'a.json 1:1 Add "lender": {…}.',
      "a.json 1:1 extra is not a field. The fields are lender, borrower, loan, loans, case, contact, notificationType, optOutUrl, now.",
      "b.json 1:1 The file must be an object: {…}, not null.",
    ]);
  });

  test("each is rendered, and what it lacks is found where it is needed", () => {
    expect(
      findings(email({ textTemplate: "a\n{{case.fields.reason}}" }), {
        "a.json": SAMPLE,
        "b.json": withCase({}),
      }),
    ).toEqual([
      "text 2:3 With b.json: case.fields.reason is absent. Give it a value there, or write with if or default what stands there without it.",
    ]);
  });

  test("a text message fits into three segments with the longest values the samples have between them", () => {
    const template = message("{{case.fields.a}}{{case.fields.b}}");
    const long = "a".repeat(230);
    const samples = {
      "a.json": withCase({ a: long, b: "b" }),
      "b.json": withCase({ a: "a", b: long }),
    };
    expect(findings(template, samples)).toEqual([
      "text 1:1 With the longest values of all samples: The text takes 4 segments (460 units of GSM-7), more than 3.",
    ]);
    expect(checkTemplate(template, samples, 4)).toEqual([]);
  });

  test("of a text that is too long the characters that make it UCS-2 are named", () => {
    const template = message(`Su préstamo está aquí. ${"a".repeat(200)}`);
    expect(findings(template)).toEqual([
      "text 1:1 With sample.json: The text takes 4 segments (223 units of UCS-2), more than 3. á and í make it UCS-2; without them the text would take 2.",
    ]);
  });

  test("an email may be longer", () => {
    expect(
      findings(email({ textTemplate: "{{case.id}}" }), {
        "a.json": withCase({}, "a".repeat(2000)),
      }),
    ).toEqual([]);
  });
});

test("everything is found at once, part by part and in its order", () => {
  const template = email({
    subjectTemplate: "{{case.nothing}}",
    htmlTemplate: "<p title={{case.id}}>{{{lender.nmae}}}</p>",
    textTemplate: "{{#if",
  });
  expect(findings(template, {})).toEqual([
    "subject 1:3 There is no variable case.nothing here.",
    "html 1:10 Put quotes around the value of title.",
    "html 1:22 Raw output is not allowed in html. Use two braces.",
    "html 1:25 There is no variable lender.nmae here. Did you mean lender.name?",
    "text 1:1 This tag is not closed. Write }} at its end.",
    "sample.json 1:1 There is no sample. Copy the sample.json of a template for the same channel: a template is checked with it.",
  ]);
});

describe("requirements", () => {
  test("lists the variables that a template always needs, needs in some branches, and can omit", () => {
    const template = email({
      subjectTemplate: "{{case.id}}",
      htmlTemplate:
        "{{#if loan}}{{loan.displayId}}{{loan.id}}{{/if}}{{#if case.fields.a}}{{case.fields.a}}{{else}}{{case.fields.b}}{{/if}}{{#unless case.fields.u}}{{case.fields.n}}{{else}}{{case.fields.u}}{{/unless}}",
      textTemplate:
        "{{default borrower.name.nick case.id}}{{#each loans}}{{id}}{{/each}}{{#each case.fields.list}}{{this}}{{else}}{{case.fields.c}}{{/each}}{{#with borrower}}{{name.firstName}}{{/with}}{{loan.id}}{{@language}}",
    });
    expect(requirementsOf(template)).toEqual({
      required: [
        "borrower",
        "borrower.name.firstName",
        "case.id",
        "loan.id",
        "loans",
        "loans[].id",
      ],
      conditional: [
        "case.fields.b",
        "case.fields.c",
        "case.fields.list[]",
        "case.fields.n",
        "loan.displayId",
      ],
      optional: [
        "borrower.name.nick",
        "case.fields.a",
        "case.fields.list",
        "case.fields.u",
        "loan",
      ],
    });
  });

  test("a template that cannot be read needs nothing", () => {
    expect(requirementsOf(email({ textTemplate: "{{#if" }))).toEqual({
      required: [],
      conditional: [],
      optional: [],
    });
  });
});

test("the documentation lists every variable with what it means", () => {
  const all = declaredVariables();
  expect(all.map(({ variable }) => variable)).toEqual(
    expect.arrayContaining([
      "lender.name",
      "borrower.name.*",
      "loan.displayId",
      "loans[].data.*",
      "case.fields.*",
      "contact.value",
      "notificationType.id",
      "now",
    ]),
  );
  expect(all.filter(({ meaning }) => meaning === "")).toEqual([]);
});

describe("the confirmation of an opt-out", () => {
  const confirmation = (textTemplate: string) => ({
    ...email({ channel: "text", subjectTemplate: null, textTemplate }),
    kind: "optOutConfirmation" as const,
  });

  test.each([
    ["{{case.id}}", "has no case. Leave case.id out."],
    ["{{#if case.outcome}}x{{/if}}", "has no case. Leave case.outcome out."],
    ["{{loan.displayId}}", "has no loan. Leave loan.displayId out."],
    ["{{#each loans}}{{this.id}}{{/each}}", "has no loans. Leave loans out."],
    ["{{notificationType.name}}", "has no notificationType. Leave notificationType.name out."],
  ])("cannot name %s", (source, message) => {
    const template = confirmation(`{{lender.name}}: No more texts.\n${source}`);
    expect(checkTemplate(template, SAMPLES)).toContainEqual(
      expect.objectContaining({
        file: "text",
        line: 2,
        message: expect.stringContaining(message) as string,
      }),
    );
    expect(checkTemplate({ ...template, kind: "ordinary" }, SAMPLES)).toEqual([]);
  });

  test("may name the lender, the borrower and the contact", () =>
    expect(
      checkTemplate(
        confirmation(
          "{{lender.name}}, {{borrower.name.firstName}}: No more texts to {{contact.value}}.",
        ),
        SAMPLES,
      ),
    ).toEqual([]));
});
