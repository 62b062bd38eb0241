import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkTemplate } from "../../src/template/check/check-template.ts";
import { render } from "../../src/template/render/render.ts";
import { requirementsOf } from "../../src/template/check/requirements.ts";
import { segmentsOf } from "../../src/template/language/segments.ts";
import type { Rendered, Template } from "../../src/domain/template/template.ts";
import type { TemplateContext } from "../../src/domain/template/context.ts";
import { THEMES } from "../../src/domain/vocabulary.ts";
import { CONFIRMATIONS, EMAILS, FOLDERS, readStarter, TEXTS } from "./starter-set.ts";

const NOTICES = [
  "bankruptcy-filed",
  "bankruptcy-dismissed",
  "identity-theft-received",
  "identity-theft-approved",
  "identity-theft-denied",
  "dispute-received",
  "dispute-resolved",
  "cease-communication-acknowledged",
  "hardship-approved",
];

function rendered(template: Template, context: object): Rendered {
  const rendering = render(template, context);
  if (rendering.kind === "faulty") throw new Error(rendering.long);
  return rendering.parts;
}

test("every notice is there by email and by text, in English and in Spanish", () => {
  const expected = NOTICES.flatMap((notice) =>
    ["email", "text"].flatMap((channel) =>
      ["en", "es"].map((language) => `${notice}.${channel}.${language}`),
    ),
  );
  expect(CONFIRMATIONS).toHaveLength(2);
  expect(FOLDERS.toSorted()).toEqual([...expected, ...CONFIRMATIONS].toSorted());
});

describe.each(FOLDERS)("%s", (folder) => {
  const { about, sample, assembled, template, files } = readStarter(folder);

  test("passes every check and is what its folder says", () => {
    expect([
      ...assembled.findings,
      ...checkTemplate(template, { "sample.json": sample }).map(assembled.trace),
    ]).toEqual([]);
    const [, channel, language] = folder.split(".");
    expect(about).toMatchObject({
      channel,
      language,
      name: expect.stringMatching(/\S/),
      subject: expect.stringMatching(/^[a-z]\w+$/i),
      sensitive: expect.any(Boolean),
    });
    expect(THEMES).toContain(about.theme);
    expect(sample.borrower.language).toBe(language);
    expect(sample.contact.contactType).toBe(channel === "email" ? "email" : "phone");
    const parts = channel === "email" ? ["subject.hbs", "html.hbs"] : [];
    expect(new Set(files)).toEqual(new Set([...parts, "sample.json", "template.json", "text.hbs"]));
  });

  test("renders with nothing but what it requires", () => {
    const needed = requirementsOf(template).required.filter((name) =>
      name.startsWith("case.fields."),
    );
    const { fields } = sample.case;
    const least = Object.fromEntries(
      needed.map((name) => [
        name.slice("case.fields.".length),
        fields[name.slice("case.fields.".length)],
      ]),
    );
    const bare = {
      ...sample,
      loan: undefined,
      loans: [],
      borrower: { ...sample.borrower, name: {} },
      case: { ...sample.case, fields: least },
    };
    const text = rendered(template, bare).text ?? "";
    expect(text).not.toMatch(/undefined|null|\{\{| {2}|\n{3}| [.,]/);
  });

  test("uses fictional data", () => {
    const { lender, contact } = sample;
    expect(lender.website).toBe("https://www.example.com");
    expect(lender.phone).toMatch(/^\+1\d{3}55501\d\d$/);
    expect(contact.value).toMatch(/^(?:\+1\d{3}55501\d\d|\w+@example\.com)$/);
  });
});

describe.each(EMAILS)("%s", (folder) => {
  const { sample, template } = readStarter(folder);
  const { subject, html, text } = rendered(template, sample);

  test("names the lender with its address and phone, and how to stop emails, in both parts", () => {
    for (const part of [html, text])
      for (const words of [
        sample.lender.name,
        sample.lender.postalAddress,
        "(614) 555-0100",
        "STOP",
      ])
        expect(part).toContain(words);
  });

  test("is a document in its language that loads nothing and fits a phone", () => {
    expect(html).toMatch(new RegExp(`^<!doctype html>\\n<html lang="${template.language}">`));
    expect(html).toContain('name="viewport"');
    expect(html).not.toMatch(/<(?:img|script|link|iframe|form)\b|url\(|@import/i);
    for (const [, width] of html?.matchAll(/\bwidth[=:]"?(\d+)(?!\d*%)/g) ?? [])
      expect(Number(width)).toBeLessThanOrEqual(600);
    expect(html?.length).toBeLessThan(20_000);
    // many mail programs remove <style>: it may only change what is inline
    expect(html).not.toMatch(/<\w+(?=[^>]*\bclass=)(?![^>]*\bstyle=)/);
  });

  test("is read aloud as it is meant: one title, headings below it, no table that claims to be data", () => {
    expect(html?.match(/<h[1-6]/g)?.[0]).toBe("<h1");
    expect(html?.match(/<h1/g)).toHaveLength(1);
    expect(html).not.toMatch(/<h[3-6]/);
    expect(html).not.toMatch(/<table(?![^>]*role="presentation")/);
  });

  test("does not reveal the subject matter where others may see it", () => {
    expect(subject).not.toMatch(/bankrupt|bancarrota|identity|identidad|hardship|dificultad/i);
    const preheader = /mso-hide:all;">([^<]+)</.exec(html ?? "")?.[1];
    // an inbox shows about 150 characters and would continue with the heading
    expect(preheader).toMatch(/^[^&\n]+(?:&zwnj;&nbsp;){100}$/);
    expect(preheader).not.toMatch(/bankrupt|bancarrota|identity|identidad|hardship|dificultad/i);
  });

  test("stays the same document whatever its values are", () => {
    const tags = (page: string | null): string[] => page?.match(/<[^>]*>/g) ?? [];
    const hostile = fc
      .array(fc.constantFrom("<b>", "</td>", "-->", '"', "'", "&", "<", ">", "x"), { minLength: 1 })
      .map((all) => `x${all.join("")}`);
    fc.assert(
      fc.property(hostile, hostile, (value, other) => {
        const page = rendered(template, withText(sample, value, other)).html;
        expect(tags(page)).toEqual(tags(html));
      }),
      { numRuns: 20 },
    );
  });
});

/** Every value that is written unchanged is different. */
function withText(sample: TemplateContext, value: string, other: string): object {
  const DATA = /^(?:\d{4}-\d\d-\d\d|\d+\.\d\d)$/;
  const fields = Object.entries(sample.case.fields).map(([key, each]) => [
    key,
    DATA.test(String(each)) ? each : value,
  ]);
  return {
    ...sample,
    lender: { ...sample.lender, name: value, postalAddress: other },
    borrower: { ...sample.borrower, name: { firstName: other, lastName: value } },
    loans: sample.loans.map((loan) => ({ ...loan, displayId: value })),
    case: { ...sample.case, id: other, fields: Object.fromEntries(fields) },
  };
}

describe.each(EMAILS.filter((folder) => folder.startsWith("bankruptcy")))("%s", (folder) => {
  const { sample, template } = readStarter(folder);
  const { text } = rendered(template, sample);

  // 11 U.S.C. 362(a)(6): no act to collect from a debtor under the court's protection.
  test("requests no payment and states that", () => {
    expect(text).toMatch(
      /not an attempt to collect a debt from you personally|no es un intento de cobrarle a usted personalmente una deuda/,
    );
    expect(text).not.toMatch(/\bdue\b|past due|amount|balance|overdue|vencid|saldo|monto|\$/i);
  });
});

describe.each(FOLDERS.filter((folder) => folder.startsWith("cease")))("%s", (folder) => {
  const { sample, template } = readStarter(folder);
  const { html, text } = rendered(template, sample);

  // 12 CFR 1006.6(c)(2): that contact ends, and which remedies may or will be used; nothing else.
  test("states that contact ends and invites to nothing", () => {
    expect(text).toMatch(/remed|recurso/);
    expect(`${html}${text}`).not.toMatch(/https?:|sign in|ingrese|call us|llámenos|pay|pag[ou]/i);
  });
});

describe.each(TEXTS)("%s", (folder) => {
  const { sample, template } = readStarter(folder);
  const body = rendered(template, sample).text ?? "";

  // 12 CFR 1006.6(e): every message says who sends it and how to stop it.
  test("names the lender and STOP, reveals nothing to a stranger, and takes two segments of GSM-7 at most", () => {
    expect(body.startsWith(`${sample.lender.name}: `)).toBe(true);
    expect(body).toMatch(
      CONFIRMATIONS.includes(folder) ? /(?:Reply|Responda) START/ : /(?:Reply|Responda) STOP/,
    );
    expect(body).not.toMatch(
      /bankrupt|bancarrota|identity|identidad|theft|robo|debt|deuda|dispute|disputa|hardship|dificultad|loan|préstamo|Ana|María|1001|CS-/i,
    );
    expect(segmentsOf(body)).toMatchObject({ encoding: "GSM-7" });
    expect(segmentsOf(body).segments).toBeLessThanOrEqual(2);
  });
});
