import fc from "fast-check";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { scrub } from "../../../src/domain/values/scrub.ts";

describe("scrubbing a provider's text", () => {
  test.each<[string, string, string]>([
    [
      "a quoted address",
      "<jane.doe@example.com>: Recipient rejected",
      "[address]: Recipient rejected",
    ],
    ["a quoted mailbox without its domain", "<jane.doe>: no such user", "[address]: no such user"],
    [
      "a bare address",
      "no mailbox jane.doe+loan@mail.example.com here",
      "no mailbox [address] here",
    ],
    [
      "an address in a bounce path",
      "bounce jane=example.com@lender.example refused",
      "bounce [address] refused",
    ],
    ["an address with an apostrophe", "no mailbox o'brien@example.com", "no mailbox [address]"],
    [
      "an address with letters of other scripts",
      "kein Postfach für jürgen@exämple.com",
      "kein Postfach für [address]",
    ],
    [
      "an international number",
      "The 'To' number +12125550123 is invalid",
      "The 'To' number [number] is invalid",
    ],
    ["a number with spaces", "call +44 20 7946 0123 now", "call [number] now"],
    ["a masked number", "from +1415555XXXX", "from [number]"],
    ["a national number", "call (212) 555-0123 or 212.555.0123", "call [number] or [number]"],
    ["a local number", "call 555-0123", "call [number]"],
    ["a number in digits of another script", "اتصل ٢١٢٥٥٥٠١٢٣", "اتصل [number]"],
    ["an account number", "loan 123456789 blocked", "loan [number] blocked"],
    [
      "control characters and line breaks",
      "one\r\ntwo\u0000\u202Ethree\tfour",
      "one two three four",
    ],
    [
      "a page of HTML",
      "<html><body>Bad Gateway</body></html>",
      "[address][address]Bad Gateway[address][address]",
    ],
  ])("takes out %s", (_, text, expected) => {
    expect(scrub(text)).toBe(expected);
  });

  test.each([
    "Refused by 203.0.113.25 [mx7]",
    "Over quota: 15 of 15 GB, 4.2.2 again",
    "queued as 4Xk3zT2Q9vz1",
    "see RFC 5321, 4.2.1",
  ])("leaves %j as it is", (text) => expect(scrub(text)).toBe(text));

  test("removes the given personal words, in any case, but no syllable of two letters", () => {
    expect(scrub("JANE.DOE has no mailbox; Jo", ["jane.doe", "jo"])).toBe(
      "[removed] has no mailbox; Jo",
    );
    expect(scrub("a.b (c) costs", ["a.b (c)"])).toBe("[removed] costs");
    expect(scrub("Doe does not exist", ["Doe"])).toBe("[removed] does not exist");
  });

  test("keeps three hundred characters, and no half of one", () => {
    expect(scrub("x ".repeat(5_000))).toHaveLength(299);
    expect(scrub(`${"x".repeat(299)}😀`).isWellFormed()).toBe(true);
  });

  test("does not let an address through that is cut in two", () => {
    const text = `${" \u0007".repeat(990)} jane.doe.with.a.long.name@example.com`;
    expect(scrub(text)).not.toContain("jane");
  });

  test("lets no address and no number through, at any place", () => {
    const digits = fc.stringMatching(/^[2-9]\d{2}5550[1][0-9]{2}$/u);
    fc.assert(
      fc.property(
        fc.string(),
        fc.emailAddress(),
        digits,
        fc.string(),
        (before, address, number, after) => {
          const kept = scrub(`${before} ${address} ${after} +1${number}`);
          expect(kept).not.toContain(address);
          expect(kept).not.toContain(number);
        },
      ),
    );
  });

  test.each(["a", "1 ", "<", "+1"])(
    "searches no more than 2,000 characters of a text of %j",
    (unit) => {
      const replace = vi.spyOn(RegExp.prototype, Symbol.replace);
      onTestFinished(() => replace.mockRestore());
      scrub(unit.repeat(1e6));
      const lengths = replace.mock.calls.map(([searched]) => searched.length);
      expect(lengths.length).toBeGreaterThan(5);
      expect(Math.max(...lengths)).toBeLessThanOrEqual(2_000);
    },
  );
});
