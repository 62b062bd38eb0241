import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { interactionOfVerp, verpAddress, verpToken } from "../../src/decide/receipts/verp.ts";
import {
  answerUnsubscribe,
  interactionOfLink,
  unsubscribeHeaders,
  unsubscribeToken,
} from "../../src/decide/replies/unsubscribe.ts";
import { interaction } from "../ids.ts";

const KEY = Buffer.alloc(32, 7);
const OLD_KEY = Buffer.alloc(32, 9);

const ID = interaction("4711");
const id = fc
  .bigInt({ min: 1n, max: 9_223_372_036_854_775_807n })
  .map((one) => interaction(String(one)));

describe.each([
  ["a VERP address", verpToken, interactionOfVerp],
  ["an opt-out link", unsubscribeToken, interactionOfLink],
] as const)("the token of %s", (_, sign, verify) => {
  test("names the interaction it was made for, in any case", () => {
    fc.assert(
      fc.property(id, (one) => {
        const token = sign(one, [KEY]);
        expect(verify(token, [KEY])).toBe(one);
        expect(verify(token.toUpperCase(), [KEY])).toBe(one);
      }),
    );
  });

  test("is worthless once a character is another", () => {
    fc.assert(
      fc.property(
        id,
        fc.nat(),
        fc.constantFrom("a", "z", "2", "7", "0", "1", "9", "-"),
        (one, place, character) => {
          const token = sign(one, [KEY]);
          const at = place % token.length;
          fc.pre(token[at] !== character);
          const forged = token.slice(0, at) + character + token.slice(at + 1);
          expect(verify(forged, [KEY])).toBeNull();
        },
      ),
    );
  });

  test("any text at all names nothing", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(verify(text, [KEY])).toBeNull();
      }),
    );
    for (const text of ["", "-", "4711", "4711-", "4711-aaaaaaaaaa", "-aaaaaaaaaa"])
      expect(verify(text, [KEY])).toBeNull();
  });

  test("is good with the key it was made with, also after a new one signs", () => {
    const token = sign(ID, [OLD_KEY]);
    expect(verify(token, [KEY, OLD_KEY])).toBe("4711");
    expect(verify(token, [KEY])).toBeNull();
    expect(verify(token, [])).toBeNull();
    expect(sign(ID, [KEY, OLD_KEY])).toBe(sign(ID, [KEY]));
    expect(() => sign(ID, [])).toThrow(RangeError);
  });
});

test("a token of one purpose is worthless for the other", () => {
  const verp = verpToken(ID, [KEY]);
  const link = unsubscribeToken(ID, [KEY]);
  expect(interactionOfLink(verp, [KEY])).toBeNull();
  expect(interactionOfVerp(link, [KEY])).toBeNull();
  expect(interactionOfVerp(link.slice(0, verp.length), [KEY])).toBeNull();
});

describe("a VERP address", () => {
  test("is the bounce address with the token behind a plus", () => {
    expect(verpAddress("bounces@lender.example", "4711-k3jx9q2mfa")).toBe(
      "bounces+4711-k3jx9q2mfa@lender.example",
    );
  });

  test("has room for the longest id, and is none where there is no room", () => {
    const token = verpToken(interaction("9223372036854775807"), [KEY]);
    expect(verpAddress(`${"b".repeat(33)}@lender.example`, token)).not.toBeNull();
    expect(verpAddress(`${"b".repeat(34)}@lender.example`, token)).toBeNull();
    expect(verpAddress("bounces+x@lender.example", token)).toBeNull();
    expect(verpAddress("nowhere", token)).toBeNull();
  });
});

describe("opting out of email", () => {
  test("the headers are those of RFC 8058, over https only", () => {
    expect(unsubscribeHeaders("https://lender.example/u/4711-abc")).toEqual({
      "List-Unsubscribe": "<https://lender.example/u/4711-abc>",
      "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    });
    expect(unsubscribeHeaders("http://lender.example/u/4711-abc")).toBeNull();
    expect(unsubscribeHeaders("https://lender.example/>\r\nBcc: x")).toBeNull();
  });

  test.each([
    ["POST", true, 200, true],
    ["GET", true, 200, false],
    ["HEAD", true, 200, false],
    ["POST", false, 404, false],
    ["GET", false, 404, false],
    ["DELETE", true, 405, false],
    ["PUT", false, 405, false],
  ])(
    "%s of a link that is ours: %s answers %s, and opts out: %s",
    (method, isGenuine, http, optsOut) => {
      expect(answerUnsubscribe({ method, isGenuine })).toEqual({ http, optsOut });
    },
  );
});
