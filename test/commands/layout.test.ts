import { describe, expect, test } from "vitest";
import { aligned, oneLine, page, printable, wrapped } from "../../src/commands/cli/layout.ts";
import { printTo } from "../../src/commands/cli/print.ts";

const ESC = "\u001b[31m";

test.each([
  ["an escape sequence", `a${ESC}b`, "a\uFFFD[31mb"],
  ["a C1 control character", "a\u009bb", "a\uFFFDb"],
  ["a bell, a backspace and a carriage return", "a\u0007\b\rb", "a\uFFFD\uFFFD\uFFFDb"],
  ["a change of direction", "a\u202Eb\u2066c", "a\uFFFDb\uFFFDc"],
  ["a line separator", "a\u2028b", "a\uFFFDb"],
  ["letters, accents, tabs and line breaks", "é 数 😀\tx\n", "é 数 😀\tx\n"],
])("%s is printed safely", (_, text, printed) => {
  expect(printable(text)).toBe(printed);
});

test("the output of a command contains no control character", () => {
  const written: string[] = [];
  printTo({ write: (text) => written.push(text) })(`Paused: x${ESC}\nNo daemon is alive`);
  expect(written).toEqual(["Paused: x\uFFFD[31m\nNo daemon is alive\n"]);
});

describe("a line break in a value", () => {
  test.each(["a\nb", "a\r\nb", "a\rb", "a\u0085b", "a\u2028b", "a\vb"])(
    "%j stays one line",
    (text) => {
      expect(oneLine(text)).toBe("a⏎b");
      expect(aligned([[text, "c"]])).toEqual(["a⏎b  c"]);
      expect(wrapped(`x ${text}`)).toEqual(["x a⏎b"]);
      expect(page([text, "c"])).toBe("a⏎b\nc");
    },
  );
});
