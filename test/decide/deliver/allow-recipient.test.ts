import { expect, test } from "vitest";
import { isAllowed } from "../../../src/decide/deliver/allow-recipient.ts";

test.each([
  ["pat@example.com", ["*@example.com"], true],
  ["Pat@Example.COM", ["*@example.com"], true],
  ["pat@example.com.evil.test", ["*@example.com"], false],
  ["pat@sub.example.com", ["*@example.com"], false],
  ["pat@exampleXcom", ["*@example.com"], false],
  ["+16145550100", ["+1614*"], true],
  ["+17705550100", ["+1614*"], false],
  ["pat@example.org", ["*@example.com", "pat@example.org"], true],
  ["anybody@example.net", ["*"], true],
  ["anybody@example.net", [], false],
  ["anybody@example.net", null, true],
])("%s under %j: %s", (recipient, patterns, allowed) => {
  expect(isAllowed(recipient, patterns)).toBe(allowed);
});
