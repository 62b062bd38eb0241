import { readFileSync } from "node:fs";
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import type { Reading } from "../../../src/decide/replies/keywords.ts";
import { readInbound } from "../../../src/decide/replies/read-inbound.ts";
import { CHANNELS } from "../../../src/domain/vocabulary.ts";

interface PhraseRow {
  readonly text: string;
  readonly language: "en" | "es";
  /** The meaning to a person. */
  readonly means: Reading;
  /** The required reading; absent if it equals the meaning. */
  readonly reading?: Reading;
  readonly also?: readonly Reading[];
  readonly automatic?: boolean;
  /** Collected after the lists were written, from what public guides report. */
  readonly heldOut?: boolean;
}

const phrases = JSON.parse(
  readFileSync(new URL("./phrases.json", import.meta.url), "utf8"),
) as readonly PhraseRow[];

const REFUSALS = new Set<Reading>(["optOut", "refuseAll", "refuseVoice", "ceaseWritten"]);
const isRefusal = (reading: Reading): boolean => REFUSALS.has(reading);

describe("phrases of borrowers", () => {
  test.each(phrases)(
    "$language $means: $text",
    ({ text, means, reading = means, also, automatic }) => {
      const read = readInbound({ channel: "text", text });
      expect(read).toMatchObject({ reading, isAutomatic: automatic === true });
      expect(read.readings).toEqual(expect.arrayContaining([...(also ?? [])]));
      expect(read.suppresses).toBe(reading === "unclear");
    },
  );

  test("there are at least 200, in both languages", () => {
    expect(phrases.length).toBeGreaterThanOrEqual(200);
    expect(phrases.filter(({ language }) => language === "es").length).toBeGreaterThan(100);
  });

  afterAll(() => {
    for (const language of ["en", "es"] as const) print(language);
  });
});

/** Prints how often a refusal is missed and a harmless text is taken for one. */
function print(language: "en" | "es"): void {
  const rows = phrases
    .filter((row) => row.language === language)
    .map((row) => ({ ...row, reading: readInbound({ channel: "text", text: row.text }).reading }));
  const refusals = rows.filter(({ means }) => isRefusal(means));
  const others = rows.filter(({ means }) => !isRefusal(means));
  const share = (part: readonly unknown[], all: readonly unknown[]): string =>
    `${part.length} of ${all.length} (${((100 * part.length) / all.length).toFixed(1)} %)`;
  const lines = [
    `refusals missed: ${share(
      refusals.filter(({ reading }) => !isRefusal(reading) && reading !== "unclear"),
      refusals,
    )}`,
    `refusals left to a person, nothing sent until then: ${share(
      refusals.filter(({ reading }) => reading === "unclear"),
      refusals,
    )}`,
    `false alarms: ${share(
      others.filter(({ reading }) => isRefusal(reading)),
      others,
    )}`,
    `consent read where none was given: ${share(
      rows.filter(({ reading, means }) => reading === "optIn" && means !== "optIn"),
      rows,
    )}`,
    `harmless and held for a person: ${share(
      others.filter(({ reading }) => reading === "unclear"),
      others,
    )}`,
  ];
  process.stdout.write(`\nreplies in ${language}\n  ${lines.join("\n  ")}\n`);
}

describe("every reading", () => {
  test("unclear and unknown text is inbUnknown", () => {
    for (const text of ["stop by the office tomorrow?", "I'll pay Friday", "?", ""])
      expect(readInbound({ channel: "text", text }).theme).toBe("inbUnknown");
  });

  test("a written refusal of all contact is a request to cease as well, a spoken one is not", () => {
    const text = "stop contacting me";
    expect(readInbound({ channel: "text", text }).readings).toEqual(["refuseAll", "ceaseWritten"]);
    expect(readInbound({ channel: "voice", text }).readings).toEqual(["refuseAll"]);
    expect(readInbound({ channel: "voice", text: "I won't pay" }).reading).toBe("none");
  });

  test("a wish for texts is read from a text only", () => {
    expect(readInbound({ channel: "text", text: "START" }).reading).toBe("optIn");
    for (const channel of CHANNELS.filter((one) => one !== "text"))
      expect(readInbound({ channel, text: "START" }).reading).toBe("none");
  });

  test("YES does not opt in at a toll-free number, START does", () => {
    const readingOf = (text: string): Reading =>
      readInbound({ channel: "text", text, isTollFree: true }).reading;
    expect(readingOf("YES")).toBe("none");
    expect(readingOf("START")).toBe("optIn");
  });

  test("a clear refusal next to an unclear one is both", () => {
    const read = readInbound({
      channel: "text",
      text: "Don't text me at night. And stop calling me!",
    });
    expect(read).toMatchObject({ reading: "refuseVoice", suppresses: true });
  });

  test("a refusal counts also next to the words of a program", () => {
    const text = "Reply STOP to end? I did that, stop texting me";
    expect(readInbound({ channel: "text", text })).toMatchObject({
      reading: "optOut",
      isAutomatic: false,
    });
  });

  test("case, punctuation, emoji and spaces around a keyword change nothing", () => {
    const noise = fc.string({ unit: fc.constantFrom(" ", ".", "!", "…", "🙏", "\n", "-", "*") });
    const keyword = fc.constantFrom("stop", "UNSUBSCRIBE", "Opt Out", "no más", "ALTO", "quit");
    fc.assert(
      fc.property(noise, keyword, noise, (before, word, after) => {
        expect(readInbound({ channel: "text", text: before + word + after }).reading).toBe(
          "optOut",
        );
      }),
    );
  });

  test("any text is read, in time that grows with its length only", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 400 }), (text) => {
        expect(readInbound({ channel: "text", text }).reading).toBeDefined();
      }),
    );
    const long = "stop no me a de do not call or text ".repeat(3_000);
    expect(readInbound({ channel: "text", text: long }).readings.length).toBeGreaterThan(0);
  });
});
