import { expect, test } from "vitest";
import { trackOutages } from "../../../src/store/postgres/outages.ts";
import { retryOnOutage } from "../../../src/store/postgres/retry.ts";

const refused = (): Error => Object.assign(new Error("refused"), { code: "ECONNREFUSED" });

/** Runs a statement whose tries end as given, in order, and then fail. `isGivenUp`: after the first. Returns the names of the events. */
async function eventsOf(tries: readonly (Error | "done")[], isGivenUp = false): Promise<string[]> {
  const events: string[] = [];
  const givenUp = new AbortController();
  const outages = trackOutages((event) => {
    events.push(event);
    if (isGivenUp) givenUp.abort();
  });
  const left = [...tries];
  const next = async (): Promise<void> => {
    const end = left.shift();
    if (end !== "done") throw end ?? refused();
  };
  const onOutage = (code: string) => outages.begin("start", code);
  await retryOnOutage(next, { onOutage, signal: givenUp.signal }).catch(() => {});
  expect(outages.lasts()).toBe(false);
  return events;
}

test("an outage that ends has a first and a last line", async () => {
  expect(await eventsOf([refused(), "done"])).toEqual(["database.lost", "database.restored"]);
});

test("the database is back if it answers with an error", async () => {
  expect(await eventsOf([refused(), new Error("syntax error")])).toEqual([
    "database.lost",
    "database.restored",
  ]);
});

test("a wait that is given up does not report the database as restored", async () => {
  expect(await eventsOf([], true)).toEqual(["database.lost"]);
});
