import { expect, test } from "vitest";
import { createConcurrencyLimiter } from "../../../src/http/auth/concurrency-limiter.ts";

test("a caller has so many slots, and more requests wait in order", async () => {
  const acquire = createConcurrencyLimiter(2, 10);
  const [first, second] = [await acquire("a"), await acquire("a")];
  const order: string[] = [];
  const waiting = ["third", "fourth"].map(async (name) => {
    const free = await acquire("a");
    order.push(name);
    return free;
  });
  expect(order).toEqual([]);
  first?.();
  await waiting[0];
  expect(order).toEqual(["third"]);
  second?.();
  await Promise.all(waiting);
  expect(order).toEqual(["third", "fourth"]);
});

test("beyond the line a request gets no slot, and another caller does", async () => {
  const acquire = createConcurrencyLimiter(1, 1);
  const free = await acquire("a");
  const waiting = acquire("a");
  expect(await acquire("a")).toBeUndefined();
  expect(await acquire("b")).toBeTypeOf("function");
  free?.();
  expect(await waiting).toBeTypeOf("function");
});
