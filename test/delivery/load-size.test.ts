import { expect, test } from "vitest";
import { createLoadSize } from "../../src/delivery/load-size.ts";

/** The sizes that follow loads which took so long for each interaction, and so long whatever the size (ms). */
function sizesOf(eachMs: number, fixedMs: number): number[] {
  const loadSize = createLoadSize();
  return Array.from({ length: 8 }, () => {
    const size = loadSize.next(20);
    loadSize.loaded(size, fixedMs + size * eachMs);
    return size;
  });
}

test("quick loads stay as large as the provider has room", () =>
  expect(sizesOf(1, 10)).toEqual([20, 20, 20, 20, 20, 20, 20, 20]));

test("slow loads are halved until they are quick", () =>
  expect(sizesOf(100, 0)).toEqual([20, 10, 5, 10, 5, 10, 5, 10]));

test("facts that are slow one by one are loaded one by one", () =>
  expect(sizesOf(3_000, 0)).toEqual([20, 10, 5, 2, 1, 1, 1, 1]));

test("a database that is far away is not asked more often", () =>
  expect(sizesOf(1, 550)).toEqual([20, 10, 20, 20, 20, 20, 20, 20]));

test("the size grows again once loads are quick", () => {
  const loadSize = createLoadSize();
  loadSize.loaded(20, 60_000);
  loadSize.loaded(10, 30_000);
  expect(loadSize.next(20)).toBe(5);
  for (const size of [5, 10, 20]) loadSize.loaded(size, 5);
  expect(loadSize.next(100)).toBe(40);
});
