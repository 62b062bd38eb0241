import { expect, test } from "vitest";
import { evaluate } from "./promql.ts";

const samples = [
  { name: "late", labels: { channel: "email", instance: "a" }, value: 5 },
  { name: "late", labels: { channel: "email", instance: "b" }, value: 7 },
  { name: "late", labels: { channel: "text", instance: "a" }, value: 1 },
  { name: "paused", labels: { channel: "email" }, value: 1 },
];

test.each([
  ["late > 4", [5, 7]],
  ['late{channel="text"} == 1', [1]],
  ["max(late) > 4", [7]],
  ["min(late) < 2", [1]],
  ["max by (channel) (late) > 0", [7, 1]],
  ["max by (channel) (late) > 0 unless on (channel) max by (channel) (paused) > 0", [1]],
  ["absent(late)", []],
  ["absent(gone)", [1]],
])("%s gives %j", (expression, values) => {
  expect(evaluate(expression, samples).map(({ value }) => value)).toEqual(values);
});

test("other forms are refused", () => {
  for (const expression of ["rate(late[5m]) > 0", "late", "late > 1 and paused > 0"])
    expect(() => evaluate(expression, samples)).toThrow(/cannot evaluate|compares/u);
});
