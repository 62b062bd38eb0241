import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { useDatabase } from "../database.ts";
import { insertLender, insertType } from "../lender.ts";
import { requestsOf } from "./arbitrary.ts";
import { useServer } from "./served.ts";

const database = useDatabase();
const served = useServer(database);
beforeAll(async () => {
  await insertLender(database.pool);
  for (const id of [1, 2, 3, 7]) await insertType(database.pool, { id });
});

test("no random request causes a 500", async () => {
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(requestsOf(served.document), async ({ method, path, body }) => {
      const { status, text } = await served.ask(method, path, {
        ...(body !== undefined && { body }),
      });
      seen.set(status, (seen.get(status) ?? 0) + 1);
      expect(status, text).toBeLessThan(500);
    }),
    { numRuns: 1_500, seed: Number(process.env["SEED"] ?? 7) },
  );
  // if validation refused every request, nothing else would be tested
  expect(seen.get(200)).toBeGreaterThan(100);
  expect(served.emitted.filter((line) => line.includes('"http.failed"'))).toEqual([]);
});
