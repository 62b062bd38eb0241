import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { contrastRatio } from "../../../src/template/check/brand-findings.ts";
import { asTemplate, type Folder, readFolder } from "../../../src/template/folder/read-folder.ts";
import { render } from "../../../src/template/render/render.ts";

const filesIn = (folder: string) =>
  readdirSync(folder).map((name) => ({ name, text: readFileSync(`${folder}/${name}`, "utf8") }));
const partials = filesIn("templates/partials");
const SAMPLE = JSON.parse(
  readFileSync("templates/dispute-resolved.email.en/sample.json", "utf8"),
) as { readonly loan: object };

/** A starter with a brand file. */
function branded(brand: object | string | undefined, slug = "dispute-resolved.email.en"): Folder {
  const text = typeof brand === "string" ? brand : JSON.stringify(brand, null, 2);
  return {
    slug,
    files: filesIn(`templates/${slug}`),
    partials,
    brand: brand === undefined ? undefined : { name: "brand.json", text },
  };
}

const findings = (brand: object | string): string[] =>
  readFolder(branded(brand)).findings.map(
    ({ file, line, column, message }) => `${file}:${line}:${column} ${message}`,
  );

/** The parts of an email of a borrower whose loan is in a state. */
function parts(brand: object | undefined, state?: string, slug?: string) {
  const reading = readFolder(branded(brand, slug));
  if (reading.kind === "unreadable") throw new Error(reading.findings[0]?.message);
  const context = { ...SAMPLE, loan: { ...SAMPLE.loan, data: { state } } };
  const rendering = render(asTemplate(reading.draft), context);
  if (rendering.kind === "faulty") throw new Error(rendering.long);
  const { html, text } = rendering.parts;
  return { html: html ?? "", text: text ?? "", draft: reading.draft };
}

test("without a brand file a notice has the lender's settings and nothing more", () => {
  const { html, text } = parts(undefined);
  expect(parts({})).toMatchObject({ html, text });
  expect(html).toContain("<strong>Example Community Lending</strong>");
  expect(html).not.toMatch(/<img|NMLS|<p[^>]*><\/p>/);
  expect(text).toContain("Columbus, OH 43004\n(614) 555-0100\n\nFor your safety");
});

const BRAND = {
  name: "Blue & Co",
  postalAddress: "7 Blue Street, Columbus, OH 43004",
  phone: "1-800-BLUE",
  logo: { url: "https://blue.example/logo.png", width: 160 },
  colors: { accent: "#7a1fa2", button: "#6a1b9a", dark: { accent: "#ce93d8" } },
  licenses: ["NMLS ID 12345", "California DFPI license 6054"],
  stateVariable: "loan.data.state",
  footers: [
    { text: { en: "Equal Housing Lender", es: "Prestamista" } },
    { text: { en: "New York residents: ask us." }, states: ["NY", "NJ"] },
    { text: { en: "Collections only." }, theme: "opsCollDebt" },
  ],
};

test("names, address, phone, logo, colors and licences are in both parts", () => {
  const { html, text } = parts(BRAND);
  for (const part of [html, text])
    for (const words of ["7 Blue Street", "1-800-BLUE", "NMLS ID 12345", "DFPI license 6054"])
      expect(part).toContain(words);
  expect(text).toContain("Blue & Co\n");
  expect(html).toContain("<strong>Blue &amp; Co</strong>");
  expect(html).toContain(
    '<img src="https://blue.example/logo.png" width="160" alt="Blue &amp; Co"',
  );
  expect(html).toContain("border-bottom:3px solid #7a1fa2");
  expect(html).toContain("border-color: #ce93d8 !important");
  expect(html).not.toMatch(/#0b4f8a|#0b5cab|#6fb1f0/);
});

test("a footer is shown for its language, theme and state only", () => {
  const shown = (state?: string, slug?: string): string[] =>
    ["Equal Housing", "Prestamista", "New York", "Collections"].filter((words) =>
      parts(BRAND, state, slug).html.includes(words),
    );
  expect(shown()).toEqual(["Equal Housing"]);
  expect(shown("OH")).toEqual(["Equal Housing"]);
  expect(shown("NJ")).toEqual(["Equal Housing", "New York"]);
  expect(shown("NY", "dispute-resolved.email.es")).toEqual(["Prestamista"]);
  expect(parts(BRAND, "NY").text).toContain("\n\nNew York residents: ask us.\n\n");
});

test("the content has the brand in it, and its sources name what was taken", () => {
  const { draft } = parts(BRAND);
  expect(draft.content.htmlTemplate).toContain("#7a1fa2");
  expect(draft.sources["partials/brandAccent.html.hbs"]).toBe("#7a1fa2");
});

describe("a brand file is refused", () => {
  test.each([
    ["{", "1:2 An object is not closed. Write } at its end."],
    [{ color: {} }, "2:3 color is not a field. Did you mean colors?"],
    [{ colors: { accent: "blue" } }, "3:5 colors.accent must be a color such as #0b4f8a."],
    [
      { colors: { button: "#ffe082" } },
      "2:3 colors.buttonText on colors.button #ffe082 has a contrast of 1.2:1, and WCAG AA needs 4.5:1. Use a color that differs more in lightness.",
    ],
    [
      { colors: { dark: { heading: "#0b2f52" } } },
      "4:7 colors.dark.heading on the dark background #1a2129 has a contrast of 1.1:1, and WCAG AA needs 4.5:1. Use a color that differs more in lightness.",
    ],
    [
      { colors: { accent: "#cfd8dc" } },
      "3:5 colors.accent on the background #ffffff has a contrast of 1.4:1, and WCAG AA needs 3:1. Use a color that differs more in lightness.",
    ],
    [
      { footers: [{ text: { en: "A" }, states: ["NY"] }] },
      '2:3 Add "stateVariable": "loan.data.state" or another variable with the state.',
    ],
    [{ name: "{{case.id}}" }, "2:3 name must not contain {{."],
    [
      { logo: { url: "http://a.example/x.png", width: 10 } },
      "3:5 logo.url must be an https address.",
    ],
  ])("%j: %s", (brand, finding) => {
    expect(findings(brand)).toContain(`brand.json:${finding}`);
    expect(readFolder(branded(brand)).kind).toBe("unreadable");
  });
});

// https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
test.each([
  ["#000000", "#ffffff", 21],
  ["#ffffff", "#ffffff", 1],
  ["#767676", "#ffffff", 4.54],
])("the contrast of %s and %s is %d", (one, other, ratio) => {
  expect(contrastRatio(one, other)).toBeCloseTo(ratio, 2);
  expect(contrastRatio(other, one)).toBeCloseTo(ratio, 2);
});
