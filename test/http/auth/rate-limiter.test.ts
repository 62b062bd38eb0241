import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRateLimiter } from "../../../src/http/auth/rate-limiter.ts";
import { useDatabase } from "../../database.ts";
import { useServer } from "../served.ts";

describe("a bucket", () => {
  test("allows a burst, and then so many requests a second", () => {
    const wait = createRateLimiter(5).take;
    const burst = Array.from({ length: 12 }, () => wait("a", 0));
    expect(burst).toEqual([...Array.from({ length: 10 }, () => 0), 1, 1]);
    expect([wait("a", 199), wait("a", 200), wait("a", 201)]).toEqual([1, 0, 1]);
  });

  test("saves up one burst at most, and belongs to one caller", () => {
    const wait = createRateLimiter(5).take;
    wait("a", 0);
    const burst = Array.from({ length: 11 }, () => wait("a", 100_000));
    expect(burst).toEqual([...Array.from({ length: 10 }, () => 0), 1]);
    expect(wait("b", 100_000)).toBe(0);
  });

  test("never allows more than the rate and one burst", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 300 }),
        (perSecond, gaps) => {
          const wait = createRateLimiter(perSecond).take;
          let now = 0;
          let through = 0;
          for (const gap of gaps) {
            now += gap;
            if (wait("a", now) === 0) through += 1;
          }
          return through <= perSecond * 2 + (now / 1_000) * perSecond + 1e-6;
        },
      ),
    );
  });
});

const served = useServer(useDatabase(), { perSecond: 2 });

test("a caller over the limit gets a 429 with Retry-After; other callers and health checks do not", async () => {
  const [one, other] = [
    await served.keyWith("notificationType:read"),
    await served.keyWith("notificationType:read"),
  ];
  const ask = async (key: string) => served.ask("GET", "/notification-types", { key });
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask(one)));
  const refused = answers.filter(({ status }) => status === 429);
  expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(4);
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.map(({ headers }) => headers.get("retry-after"))).toEqual(refused.map(() => "1"));
  expect((await ask(other)).status).toBe(200);
  expect((await served.ask("GET", "/healthz", { key: one })).status).toBe(200);
});
