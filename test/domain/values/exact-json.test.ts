import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { numberText, parseExactJson } from "../../../src/domain/values/exact-json.ts";
import { compare, keyOf, readAs } from "../../../src/domain/values/field-value.ts";

describe("a number that a double cannot hold", () => {
  test.each([
    "9007199254740993",
    "-9007199254740993",
    "0.10000000000000000001",
    "12345678901234567890.5",
    "1e400",
    "1e-400",
  ])("keeps its digits: %s", (written) => {
    const parsed = parseExactJson(`{"a":[${written}]}`) as { a: unknown[] };
    expect(numberText(parsed.a[0])).toBe(written);
    expect(JSON.stringify(parsed)).toBe(`{"a":[${written}]}`);
  });

  test.each([
    "9007199254740993",
    "[0, -9007199254740993]",
    '{"a":\n1e400,"b":"1e5"}',
    '{"id":"3e4f", "a":[[0.10000000000000000001]]}',
  ])("keeps them wherever it stands: %s", (text) => {
    expect(JSON.stringify(parseExactJson(text))).toBe(text.replaceAll(/\s/g, ""));
  });

  test.each(["0.1", "1.50", "0.30000000000000004", "100000000000000000000", "1e21", "-0.0", "42"])(
    "is none: %s",
    (written) => {
      expect(parseExactJson(written)).toBe(Number(written));
    },
  );
});

test("every JSON text is read as JSON.parse reads it, but for such numbers", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(JSON.stringify(parseExactJson(text))).toBe(text);
    }),
  );
});

const decimals = fc
  .tuple(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }), fc.nat(25))
  .map(([digits, places]) => {
    const written = String(digits < 0n ? -digits : digits).padStart(places + 1, "0");
    const point = written.length - places;
    const fraction = places === 0 ? "" : `.${written.slice(point)}`;
    return `${digits < 0n ? "-" : ""}${written.slice(0, point)}${fraction}`;
  });

test("two decimals have the same key exactly when they are equal", () => {
  fc.assert(
    fc.property(decimals, decimals, fc.boolean(), (one, other, same) => {
      const left = readAs("decimal", one);
      const right = readAs("decimal", parseExactJson(same ? one : other));
      if (left === null || right === null) throw new Error("a decimal was not read");
      expect(keyOf(left) === keyOf(right)).toBe(compare(left, right) === 0);
    }),
  );
});
