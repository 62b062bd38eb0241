import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { render } from "../../../src/template/render/render.ts";
import type { Template } from "../../../src/domain/template/template.ts";

const CONTEXT = {
  lender: {
    name: "Example Lending",
    phone: "+16145550100",
    website: "https://www.example.com",
    timeZone: "America/New_York",
  },
  borrower: {
    name: { firstName: "Ana", lastName: null, note: "  " },
    language: "en",
    timeZone: "America/Los_Angeles",
  },
  loan: undefined,
  loans: [{ displayId: "1001" }, { displayId: "1002" }],
  case: {
    id: "CS-1",
    fields: {
      day: "2031-03-03",
      moment: "2031-03-03T02:30:00Z",
      amount: "1250.50",
      cents: 125050,
      number: 1250.5,
      count: 1,
      zero: 0,
      exact: JSON.rawJSON("9007199254740993"),
      empty: [],
      documents: ["pasaporte", "identificación"],
      done: true,
      secret: "not a date at all",
      script: "javascript:alert(1)",
      tail: "https://user@example.com/",
      word: "https://:word@example.com/",
      link: "https://example.com/a b?c=<d>",
    },
  },
  now: "2031-03-03T15:00:00Z",
};

function template(parts: Partial<Template>): Template {
  return {
    id: 7,
    version: 2,
    channel: "email",
    language: "en",
    subjectTemplate: null,
    htmlTemplate: null,
    textTemplate: null,
    ...parts,
  };
}

function textOf(
  source: string,
  more: Partial<Template> = {},
  context: object = CONTEXT,
): string | null {
  const rendering = render(template({ textTemplate: source, ...more }), context);
  return rendering.kind === "rendered" ? rendering.parts.text : `! ${rendering.finding.message}`;
}

const IN_SPANISH = { ...CONTEXT, borrower: { ...CONTEXT.borrower, language: "es" } };

describe("words", () => {
  test.each([
    {
      message: "a day is that day in every zone",
      source: "{{date case.fields.day}}",
      text: "March 3, 2031",
    },
    {
      message: "an instant is read on the borrower's clock",
      source: "{{date case.fields.moment}}",
      text: "March 2, 2031",
    },
    {
      message: "a number is written to its last digit",
      source: "{{case.fields.exact}}",
      text: "9007199254740993",
    },
    {
      message: "a pattern says how",
      source: '{{date case.fields.moment "cccc, MMM d, h:mm a ZZZZ"}}',
      text: "Sunday, Mar 2, 6:30 PM PST",
    },
    {
      message: "a day has no time of day to show",
      source: '{{date case.fields.day "h:mm a"}}',
      text: '! {{date case.fields.day "h:mm a"}} is a day and has no time of day.',
    },
    {
      message: "a decimal string is an amount",
      source: "{{money case.fields.amount}}",
      text: "$1,250.50",
    },
    {
      message: "cents are cents where the template says so",
      source: '{{money case.fields.cents unit="cents"}}',
      text: "$1,250.50",
    },
    {
      message: "a number is dollars where the template says so",
      source: '{{money case.fields.number unit="dollars"}}',
      text: "$1,250.50",
    },
    {
      message: "a number alone may be either, and is refused",
      source: "{{money case.fields.cents}}",
      text: '! {{money case.fields.cents}} is a number: say unit="cents" or unit="dollars".',
    },
    {
      message: "a phone number is written as people write it",
      source: "{{phone lender.phone}}",
      text: "(614) 555-0100",
    },
    {
      message: "a link is written as browsers read it",
      source: "{{url case.fields.link}}",
      text: "https://example.com/a%20b?c=%3Cd%3E",
    },
    {
      message: "javascript: is no link",
      source: "{{url case.fields.script}}",
      text: "! {{url case.fields.script}} is not an http or https address.",
    },
    {
      message: "credentials are no part of a link",
      source: "{{url case.fields.tail}}",
      text: "! {{url case.fields.tail}} is an address with credentials in it.",
    },
    {
      message: "a password is no part of a link",
      source: "{{url case.fields.word}}",
      text: "! {{url case.fields.word}} is an address with credentials in it.",
    },
    {
      message: "a text can begin with a capital",
      source: '{{upperFirst "¿por qué?"}}',
      text: "¿Por qué?",
    },
    {
      message: "a list is joined as the language does",
      source: "{{list case.fields.documents}}",
      text: "pasaporte and identificación",
    },
    {
      message: "or as an alternative",
      source: '{{list case.fields.documents as="or"}}',
      text: "pasaporte or identificación",
    },
    {
      message: "one has its form",
      source: '{{plural case.fields.count one="day" other="days"}}',
      text: "day",
    },
    {
      message: "zero has the other",
      source: '{{plural case.fields.zero one="day" other="days"}}',
      text: "days",
    },
    {
      message: "a default stands in for what is absent",
      source: '{{default loan.displayId (default borrower.name.note "none")}}',
      text: "none",
    },
    {
      message: "a default is not needed for what is there",
      source: '{{default borrower.name.firstName "customer"}}',
      text: "Ana",
    },
  ])("$says", ({ source, text }) => {
    expect(textOf(source)).toBe(text);
  });

  test.each([
    { source: "{{date case.fields.day}}", text: "3 de marzo de 2031" },
    { source: '{{date case.fields.day "cccc d"}}', text: "lunes 3" },
    { source: "{{money case.fields.amount}}", text: "$1,250.50" },
    { source: "{{list case.fields.documents}}", text: "pasaporte e identificación" },
  ])("Spanish in the United States: $source is $text", ({ source, text }) => {
    expect(textOf(source, { language: "es" }, IN_SPANISH)).toBe(text);
  });

  test("a time zone that Node does not know counts as none: the lender's is used", () => {
    const unknown = { ...CONTEXT, borrower: { ...CONTEXT.borrower, timeZone: "UTC/5" } };
    const source = '{{date case.fields.moment "cccc, h:mm a ZZZZ"}}, {{date case.fields.moment}}';
    expect(textOf(source, {}, unknown)).toBe("Sunday, 9:30 PM EST, March 2, 2031");
  });

  test("dates are in the template's language, in the borrower's form of it", () => {
    const british = { ...CONTEXT, borrower: { ...CONTEXT.borrower, language: "en-GB" } };
    expect(textOf("{{date case.fields.day}}", {}, IN_SPANISH)).toBe("March 3, 2031");
    expect(textOf("{{date case.fields.day}}", {}, british)).toBe("3 March 2031");
  });

  test.each([
    ["2031-11-02T05:30:00Z", "America/New_York", "1:30 AM EDT"],
    ["2031-11-02T06:30:00Z", "America/New_York", "1:30 AM EST"],
    ["2031-03-09T07:00:00Z", "America/New_York", "3:00 AM EDT"],
    ["2031-07-01T12:00:00Z", "America/Phoenix", "5:00 AM MST"],
    ["2031-07-01T12:00:00-04:00", "Pacific/Honolulu", "6:00 AM HST"],
  ])("%s in %s is %s, in summer and in winter", (moment, timeZone, text) => {
    const context = {
      ...CONTEXT,
      borrower: { ...CONTEXT.borrower, timeZone },
      case: { fields: { moment } },
    };
    expect(textOf('{{date case.fields.moment "h:mm a ZZZZ"}}', {}, context)).toBe(text);
  });

  test.each(["America/New_York", "Pacific/Honolulu", "Pacific/Kiritimati"])(
    "a day is that day in %s too",
    (timeZone) => {
      const context = { ...CONTEXT, borrower: { ...CONTEXT.borrower, timeZone } };
      expect(textOf("{{date case.fields.day}}", {}, context)).toBe("March 3, 2031");
    },
  );

  test.each([
    ["12345678901234.56", "$12,345,678,901,234.56"],
    ["-5", "-$5.00"],
    ["-1234567.8", "-$1,234,567.80"],
    ["-0.00", "$0.00"],
    ["999999999999999.99", "$999,999,999,999,999.99"],
    ["1000000000000000", null],
    ["+5", null],
    ["0x10", null],
    ["Infinity", null],
    ["0.10", "$0.10"],
    ["19.9900", "$19.99"],
    ["19.999", null],
    ["1e3", null],
    ["12,50", null],
    ["", null],
  ])("the amount %o is written %o", (amount, written) => {
    const context = { ...CONTEXT, case: { fields: { amount } } };
    const text = textOf("{{money case.fields.amount}}", {}, context);
    expect(text?.startsWith("!") ? null : text).toBe(written);
  });

  test("any number of cents is written to the cent", () => {
    fc.assert(
      fc.property(
        fc.maxSafeInteger().filter((each) => Math.abs(each) < 1e15),
        (cents) => {
          const context = { ...CONTEXT, case: { fields: { cents } } };
          const text = textOf('{{money case.fields.cents unit="cents"}}', {}, context) ?? "";
          expect(Number(text.replaceAll(/[$,.]/g, ""))).toBe(cents);
        },
      ),
    );
  });
});

describe("an absent value", () => {
  test.each([
    ["{{borrower.name.middleName}}", "borrower.name.middleName"],
    ["{{borrower.name.lastName}}", "borrower.name.lastName"],
    ["{{borrower.name.note}}", "borrower.name.note"],
    ["{{loan.displayId}}", "loan.displayId"],
    ["{{case.fields.a.b.c}}", "case.fields.a.b.c"],
    ["{{date case.fields.due}}", "case.fields.due"],
    ["{{upperFirst (default loan.displayId case.fields.due)}}", "case.fields.due"],
    ["{{#each case.fields.empty}}x{{/each}}", "case.fields.empty"],
    ["{{#with loan}}x{{/with}}", "loan"],
    ["{{#each loans}}{{externalId}}{{/each}}", "externalId"],
    ["{{#if case.id}}{{case.fields.due}}{{/if}}", "case.fields.due"],
    ["{{constructor}}", "constructor"],
    ["{{borrower.constructor.name}}", "borrower.constructor.name"],
    ["{{case.id.length.toString}}", "case.id.length.toString"],
    ["{{__proto__}}", "__proto__"],
  ])("%s is a fault that names %s", (source, variable) => {
    expect(textOf(source)).toBe(`! ${variable} is absent.`);
  });

  test.each([
    ["{{#if loan.displayId}}yes{{else}}no{{/if}}", "no"],
    ["{{#unless case.fields.empty}}none{{/unless}}", "none"],
    ["{{#each case.fields.empty}}x{{else}}none{{/each}}", "none"],
    ["{{#with loan}}x{{else}}none{{/with}}", "none"],
    ["{{^if loan}}none{{/if}}", "none"],
    [
      "{{#each loans}}{{@index}}{{displayId}}{{#unless @last}}, {{/unless}}{{/each}}",
      "01001, 11002",
    ],
    [
      "{{#each loans as |each|}}{{each.displayId}}{{../lender.name}}{{/each}}",
      "1001Example Lending1002Example Lending",
    ],
    [
      "{{#each loans}}{{@root.lender.phone}} {{@language}} {{#if @last}}end{{/if}}{{/each}}",
      "+16145550100 en +16145550100 en end",
    ],
    ["{{case.fields.zero}}", "0"],
    ["{{#if case.fields.zero}}some{{else}}none{{/if}}", "none"],
    ["{{#if borrower.name.note}}yes{{else}}blank{{/if}}", "blank"],
    [
      "{{#with case}}{{#with this}}{{../id}}{{../../lender.name}}{{/with}}{{/with}}",
      "CS-1Example Lending",
    ],
    ["{{#each loans}}{{#each ../loans}}{{../displayId}}{{/each}} {{/each}}", "10011001 10021002"],
  ])("%s makes %s: the template says what to do without", (source, text) => {
    expect(textOf(source)).toBe(text);
  });

  test.each([["{{borrower.name}}"], ["{{case.fields.done}}"], ["{{loans}}"]])(
    "%s is not text and is refused",
    (source) => {
      expect(textOf(source)).toMatch(/is neither text nor a number\.$/);
    },
  );

  test.each(["{{#each case.id}}x{{/each}}", "{{#each case.id}}x{{else}}none{{/each}}"])(
    "%s goes through a text, which is no list",
    (source) => {
      expect(textOf(source)).toBe("! case.id is not a list.");
    },
  );

  test("the reason names the version, the part, the line and the remedy, but no value", () => {
    const rendering = render(
      template({
        subjectTemplate: "Hello",
        textTemplate: "Dear you,\n{{date case.fields.secret}}",
      }),
      CONTEXT,
    );
    expect(rendering).toMatchObject({
      kind: "faulty",
      short: "Template fault",
      long: "Version 2 of template 7 was not rendered (text, line 2): {{date case.fields.secret}} is neither a day nor an RFC 3339 instant. Supply the value or publish a corrected version.",
      finding: { file: "text", line: 2, column: 1 },
    });
  });

  test.each(["subjectTemplate", "htmlTemplate", "textTemplate"])(
    "a blank %s is a fault",
    (part) => {
      const rendering = render(template({ [part]: " {{#if loan}}x{{/if}}\n" }), CONTEXT);
      expect(rendering).toMatchObject({
        finding: { message: "This part is empty after rendering." },
      });
    },
  );

  test("an unexpected error is not repeated, because it may contain a value", () => {
    const context = {
      ...CONTEXT,
      get now(): string {
        throw new Error("Ana");
      },
    };
    expect(textOf("{{date now}}", {}, context)).toBe("! This part cannot be rendered.");
  });

  test.each([
    ["{{#if x}}", "The template ends inside a block or a tag that is not closed."],
    [
      "{{lookup case 'id'}}",
      "There is no helper lookup. The helpers are: date, money, phone, url, upperFirst, list, plural, is, default.",
    ],
    [
      "{{log case.id}}",
      "There is no helper log. The helpers are: date, money, phone, url, upperFirst, list, plural, is, default.",
    ],
    [
      "{{#borrower}}x{{/borrower}}",
      "There is no block borrower. The blocks are: if, unless, each, with.",
    ],
    ["{{> footer}}", "A partial was not inlined when this was published."],
    ["{{* inline}}", "A partial was not inlined when this was published."],
    ["{{'text'}}", "This is not a variable."],
    ['{{date case.fields.day "YYYY"}}', "date has no pattern YYYY. Did you mean yyyy?"],
  ])("%s cannot be rendered: %s", (source, message) => {
    expect(textOf(source)).toBe(`! ${message}`);
  });
});

describe("parts", () => {
  test("html is escaped, text and subject are as they are", () => {
    const source = "{{borrower.name.firstName}}";
    const context = {
      ...CONTEXT,
      borrower: { name: { firstName: `<b>"O'Neil" & co</b>` }, language: "en" },
    };
    const rendering = render(
      template({ subjectTemplate: source, htmlTemplate: source, textTemplate: source }),
      context,
    );
    expect(rendering).toMatchObject({
      parts: {
        subject: `<b>"O'Neil" & co</b>`,
        html: "&lt;b&gt;&quot;O&#x27;Neil&quot; &amp; co&lt;/b&gt;",
        text: `<b>"O'Neil" & co</b>`,
      },
    });
  });

  test.each(["{{{case.id}}}", "{{&case.id}}"])("%s is refused in html", (htmlTemplate) => {
    expect(render(template({ htmlTemplate }), CONTEXT)).toMatchObject({
      finding: { message: "Raw output is not allowed in html." },
    });
  });

  test("a subject is one line without controls or turned reading direction", () => {
    const context = {
      ...CONTEXT,
      case: { id: "a\r\nBcc: x@example.com\u0000\u202E\u061Cb\u2066\tc" },
    };
    const rendering = render(template({ subjectTemplate: " {{case.id}}\n" }), context);
    expect(rendering).toMatchObject({ parts: { subject: "a Bcc: x@example.com b c" } });
  });

  test("a text message is folded to GSM-7, the text of an email is not", () => {
    expect(textOf("It’s {{case.id}}\n", { channel: "text" })).toBe("It's CS-1");
    expect(textOf("It’s {{case.id}}\n")).toBe("It’s CS-1");
  });

  test("a template knows its own language", () => {
    expect(textOf("{{@language}}", { language: "es" })).toBe("es");
  });
});

const escaped = (value: string): string =>
  value.replaceAll(
    /[&<>"'`=]/g,
    (character) => `&${character === "&" ? "amp" : `#${character.codePointAt(0)}`};`,
  );
const named: Record<string, string> = {
  "&lt;": "&#60;",
  "&gt;": "&#62;",
  "&quot;": "&#34;",
  "&#x27;": "&#39;",
  "&#x60;": "&#96;",
  "&#x3D;": "&#61;",
};
const numbered = (html: string): string =>
  html.replaceAll(/&(?:lt|gt|quot|#x27|#x60|#x3D);/g, (entity) => named[entity] ?? entity);

const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.constantFrom(
        "<script>",
        '" onload="',
        "'",
        "`",
        "{{case.id}}",
        "&amp;",
        "=",
        "</title>",
        "-->",
        "\u0000",
      ),
    ),
  )
  .map((fragments) => fragments.join(""));
const HOSTILE_TEMPLATE = template({
  htmlTemplate:
    '<p title="{{case.fields.a}}">{{case.fields.a}}|{{upperFirst (default case.fields.none case.fields.a)}}|{{#each case.fields.l as |one|}}{{one}}{{this}}{{/each}}|{{list case.fields.l}}</p>',
});

test("no rendered html ever holds a value that is not escaped", () => {
  fc.assert(
    fc.property(hostile, fc.array(hostile, { minLength: 1, maxLength: 1 }), (a, l) => {
      const rendering = render(HOSTILE_TEMPLATE, { case: { id: "never", fields: { a, l } } });
      if (rendering.kind === "faulty") {
        expect(rendering.finding.message).toMatch(/ is absent\.$/);
        return;
      }
      const first = a.replace(/^\P{L}*\p{L}/u, (start) => start.toLocaleUpperCase("en-US"));
      const [e, [one = ""], upper] = [escaped(a), l.map(escaped), escaped(first)];
      expect(numbered(rendering.parts.html ?? "")).toBe(
        `<p title="${e}">${e}|${upper}|${one}${one}|${one}</p>`,
      );
    }),
  );
});

test("html contains any value escaped or not at all, and the reason never contains it", () => {
  const template2 = template({
    htmlTemplate:
      "<i>{{case.fields.a}}{{date case.fields.a}}{{money case.fields.a}}{{phone case.fields.a}}{{url case.fields.a}}</i>",
  });
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), hostile), (a) => {
      const rendering = render(template2, { case: { fields: { a } } });
      if (rendering.kind === "rendered") expect(rendering.parts.html).not.toMatch(/<(?!\/?i>)/);
      else
        expect(rendering.long).toMatch(
          /: (?:case\.fields\.a|\{\{\w+ case\.fields\.a\}\}) is [a-zA-Z0-9 ":=,]+\. Supply/,
        );
    }),
  );
});
