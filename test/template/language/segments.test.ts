import * as fc from "fast-check";
import { expect, test } from "vitest";
import { explainUcs2, foldToGsm7, segmentsOf } from "../../../src/template/language/segments.ts";

const EURO = "€";
const FACE = "😀";

test.each([
  { message: "nothing is no segment", text: "", encoding: "GSM-7", units: 0, segments: 0 },
  {
    message: "160 plain characters fit in one",
    text: "a".repeat(160),
    encoding: "GSM-7",
    units: 160,
    segments: 1,
  },
  { message: "161 take two", text: "a".repeat(161), encoding: "GSM-7", units: 161, segments: 2 },
  {
    message: "two parts hold 306",
    text: "a".repeat(306),
    encoding: "GSM-7",
    units: 306,
    segments: 2,
  },
  { message: "307 take three", text: "a".repeat(307), encoding: "GSM-7", units: 307, segments: 3 },
  {
    message: "an extension character costs two",
    text: EURO.repeat(80),
    encoding: "GSM-7",
    units: 160,
    segments: 1,
  },
  {
    message: "and is never split: the 153rd place stays empty",
    text: `${"a".repeat(152)}${EURO}${"a".repeat(152)}`,
    encoding: "GSM-7",
    units: 306,
    segments: 3,
  },
  { message: "é, ñ and ü are plain", text: "éñüÑ¿¡", encoding: "GSM-7", units: 6, segments: 1 },
  {
    message: "á is not, and 70 such characters fit in one",
    text: "á".repeat(70),
    encoding: "UCS-2",
    units: 70,
    segments: 1,
  },
  { message: "71 take two", text: "á".repeat(71), encoding: "UCS-2", units: 71, segments: 2 },
  {
    message: "two parts hold 134",
    text: "á".repeat(134),
    encoding: "UCS-2",
    units: 134,
    segments: 2,
  },
  {
    message: "a surrogate pair is never split: the 67th place stays empty",
    text: `${"á".repeat(66)}${FACE}${"á".repeat(66)}`,
    encoding: "UCS-2",
    units: 134,
    segments: 3,
  },
])("$says", ({ text, encoding, units, segments }) => {
  expect(segmentsOf(text)).toEqual({ encoding, units, segments });
});

test.each([
  {
    message: "quotes, dashes, dots and hard spaces are written plainly",
    text: "“Don’t” – wait…\u00A0now",
    folded: '"Don\'t" - wait... now',
  },
  {
    message: "a text that needs UCS-2 all the same stays as it is",
    text: "“Más” – espere…",
    folded: "“Más” – espere…",
  },
  {
    message: "a link is left alone, and with it the whole text",
    text: "“See” https://example.com/a–b now",
    folded: "“See” https://example.com/a–b now",
  },
  {
    message: "what a writer put behind a link is not part of it",
    text: "“https://example.com/a”…",
    folded: '"https://example.com/a"...',
  },
  {
    message: "a link shouted is a link",
    text: "“See” HTTPS://EXAMPLE.COM/A–B",
    folded: "“See” HTTPS://EXAMPLE.COM/A–B",
  },
  { message: "plain text does not change", text: "Plain {text} ~ 5€", folded: "Plain {text} ~ 5€" },
])("$says", ({ text, folded }) => {
  expect(foldToGsm7(text)).toBe(folded);
});

const text = fc
  .array(fc.constantFrom("a", "b", " ", "€", "|", "á", FACE, "’"), { maxLength: 500 })
  .map((all) => all.join(""));

test("a part loses at most one place to a character that is not split", () => {
  fc.assert(
    fc.property(text, (any) => {
      const { encoding, units, segments } = segmentsOf(any);
      const [whole, part] = encoding === "GSM-7" ? [160, 153] : [70, 67];
      const atLeast = units <= whole ? Math.min(units, 1) : Math.ceil(units / part);
      expect(segments).toBeGreaterThanOrEqual(atLeast);
      expect(segments).toBeLessThanOrEqual(
        units <= whole ? atLeast : Math.ceil(units / (part - 1)),
      );
    }),
  );
});

test("folding never costs a segment, and folds nothing twice", () => {
  fc.assert(
    fc.property(text, (any) => {
      const folded = foldToGsm7(any);
      expect(segmentsOf(folded).segments).toBeLessThanOrEqual(segmentsOf(any).segments);
      expect(foldToGsm7(folded)).toBe(folded);
    }),
  );
});

/**
 * The parts that a phone is sent, `x` for the escape: an escape stays with its character, and half a pair is never
 * alone.
 */
function cut(any: string): string[] {
  const { encoding } = segmentsOf(any);
  const [whole, part] = encoding === "GSM-7" ? [160, 153] : [70, 67];
  let rest = encoding === "GSM-7" ? any.replaceAll(/[€|]/g, "x$&") : any;
  const size = rest.length <= whole ? whole : part;
  const parts: string[] = [];
  while (rest !== "") {
    const halves = /[x\uD800-\uDBFF]$/.test(rest.slice(0, size));
    parts.push(rest.slice(0, halves ? size - 1 : size));
    rest = rest.slice(halves ? size - 1 : size);
  }
  return parts;
}

test("there are as many segments as a phone is sent, each with whole characters", () => {
  fc.assert(
    fc.property(text, (any) => {
      const parts = cut(any);
      expect(segmentsOf(any).segments).toBe(parts.length);
      expect(parts.every((part) => part.isWellFormed())).toBe(true);
    }),
    { numRuns: 500 },
  );
});

const linkEnd = fc.constantFrom("a", "/", "–b", "“c”d", "…e", "é", "?q=’x");
const words = fc
  .array(fc.constantFrom("“", "”", "’", "–", "…", " ", "\u00A0", "see", "5€"))
  .map((all) => all.join(""));

test("a link is kept whole, whatever surrounds it", () => {
  fc.assert(
    fc.property(
      words,
      fc.constantFrom("https", "http", "HTTPS"),
      fc.array(linkEnd),
      words,
      (before, scheme, ends, after) => {
        const link = `${scheme}://example.com/${ends.join("")}`;
        expect(foldToGsm7(`${before} ${link} ${after}`)).toContain(` ${link} `);
      },
    ),
  );
});

test.each([
  ["Su préstamo está al día", "á and í make it UCS-2; without them the text would take 1."],
  [`Según ${"a".repeat(150)}`, "ú makes it UCS-2; without it the text would take 1."],
  ["“Sí”…", "í makes it UCS-2; without it the text would take 1."],
  ["a\u0301 \u202Eb", "U+0301 and U+202E make it UCS-2; without them the text would take 1."],
  [
    "АБВГДЕЖЗИЙКЛ",
    "А, Б, В, Г, Д, Е, Ж, З, И, Й, and 2 others make it UCS-2; without them the text would take 1.",
  ],
  [FACE.repeat(160), "😀 makes it UCS-2; without it the text would take 1."],
])("%j: %s", (message, sentence) => {
  expect(explainUcs2(message)).toBe(sentence);
});

test.each(["", "Plain", "éñü {€}", foldToGsm7("“Quoted” …")])(
  "%j is in GSM-7 and needs no explanation",
  (message) => {
    expect(explainUcs2(message)).toBeNull();
  },
);
