import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { checkTemplate } from "../../src/template/check/check-template.ts";
import { declaredVariables } from "../../src/template/check/declared-context.ts";
import { render } from "../../src/template/render/render.ts";
import { segmentsOf } from "../../src/template/language/segments.ts";
import { unknownDateTokens } from "../../src/template/language/write-date.ts";
import { HELPERS } from "../../src/template/language/helpers.ts";
import type { Template } from "../../src/domain/template/template.ts";
import { readStarter } from "./starter-set.ts";

const DOCUMENT = readFileSync("docs/templates.md", "utf8");
const { sample } = readStarter("dispute-received.email.en");

/** The rows of the table under a heading, cell by cell; a cell in backticks without them. */
function rowsUnder(heading: string): string[][] {
  const [, section = ""] = DOCUMENT.split(`\n## ${heading}\n`);
  const [, table = ""] = (section.split("\n## ")[0] ?? "").split(/^\|(?: --- \|)+\n/mu);
  const rows = table.split("\n").filter((line) => line.startsWith("| "));
  return rows.map((row) =>
    row
      .slice(2, -2)
      .split(" | ")
      .map((cell) => cell.replace(/^`(.*)`$/u, "$1")),
  );
}

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

describe("helpers, as documented", () => {
  const rows = rowsUnder("Helpers");

  test.each(rows)("%s of %s is %s, in Spanish %s", (source, value, ...expected) => {
    const [, field = ""] = /case\.fields\.(\w+)/u.exec(source ?? "") ?? [];
    const fields = { [field]: JSON.parse(value ?? "") as unknown };
    const written = ["en", "es"].map((language) => {
      const rendering = render(email({ language, textTemplate: source ?? "" }), {
        ...sample,
        borrower: { ...sample.borrower, language },
        case: { ...sample.case, fields },
      });
      if (rendering.kind === "rendered") return rendering.parts.text;
      return `refused: ${rendering.finding.message.replace(/^.*?(?:\}\}|case\.fields\.\w+) (is .*)\.$/u, "$1")}`;
    });
    expect(written).toEqual(expected);
  });

  test("every one is there, and no other", () => {
    const shown = rows.flatMap(([source]) => /^\{\{(\w+) /u.exec(source ?? "")?.[1] ?? []);
    expect(new Set(shown)).toEqual(new Set(HELPERS.keys()));
  });

  test("every part of a pattern means something", () => {
    const [, tokens = ""] = /Patterns of `date` are made of `([^`]+)`/u.exec(DOCUMENT) ?? [];
    expect(tokens.split(" ").length).toBeGreaterThan(20);
    expect(unknownDateTokens(tokens)).toEqual([]);
  });
});

test("every variable is documented with what it means, and no other", () => {
  expect(rowsUnder("The variables of a template")).toEqual(
    declaredVariables().map(({ variable, meaning }) => [variable, meaning]),
  );
});

test.each(rowsUnder("What publishing refuses"))("in %s, %s is refused: %s", (part, ...rest) => {
  const [written = "", because] = rest;
  const template = email({ [`${part}Template`]: written });
  const samples = { "sample.json": { ...sample, case: { ...sample.case, id: "1".repeat(101) } } };
  expect(checkTemplate(template, samples).map(({ message }) => message)).toContain(because);
});

test.each(rowsUnder("Text messages: what they cost"))("%s is %s", (text, ...expected) => {
  const [, count, character = ""] = /^(\d+) × `(.)`$/u.exec(text ?? "") ?? [];
  const { encoding, units, segments } = segmentsOf(character.repeat(Number(count)));
  expect([encoding, `${units}`, `${segments}`]).toEqual(expected);
});
