import { expect, test } from "vitest";
import { slicesOf } from "../../../src/decide/simulate/slices.ts";

const at = (minute: number): { at: Date } => ({ at: new Date(minute * 60_000) });
const minutesOf = (slice: { readonly items: readonly { readonly at: Date }[] }): number[] =>
  slice.items.map((item) => item.at.getTime() / 60_000);

test("each time is a slice if there are few", () => {
  const { minutes, slices } = slicesOf([at(3), at(1), at(3)], 2);
  expect(minutes).toBe(0);
  expect(slices.map(minutesOf)).toEqual([[1], [3, 3]]);
});

test("otherwise a slice covers some minutes, and its facts are those of its last message", () => {
  const { minutes, slices } = slicesOf([at(0), at(4), at(1), at(9), at(8)], 2);
  expect(minutes).toBe(5);
  expect(slices.map(minutesOf)).toEqual([
    [0, 1, 4],
    [8, 9],
  ]);
  expect(slices.map((slice) => slice.at)).toEqual([at(4).at, at(9).at]);
});

test("a slice has at most 500 messages", () => {
  const { slices } = slicesOf(
    Array.from({ length: 501 }, () => at(1)),
    9,
  );
  expect(slices.map(({ items }) => items.length)).toEqual([500, 1]);
});

test("nothing has no slices", () => {
  expect(slicesOf([], 9)).toEqual({ minutes: 0, slices: [] });
});
