import { beforeAll, expect, test } from "vitest";
import { createSharedClock } from "../../../src/clock.ts";
import { trackOutages } from "../../../src/store/postgres/outages.ts";
import { recordHeartbeat } from "../../../src/store/queue/workers.ts";
import { startMaintenance } from "../../../src/maintenance.ts";
import { useDatabase } from "../../database.ts";
import { depsOn } from "../../deps.ts";
import { worker } from "../../ids.ts";

const database = useDatabase();
const WORKER = { id: worker("w"), host: "h", pid: 1, queuePool: "p", channels: [] };
const HOUR_MS = 3_600_000;

beforeAll(() => recordHeartbeat(database.db, WORKER));

const isOff = (now: Date): number => Math.abs(now.getTime() - Date.now());

test.each([-HOUR_MS, HOUR_MS])(
  "a daemon whose clock is off by %d ms keeps to the database's with its first heartbeat",
  async (skew) => {
    const clock = createSharedClock(() => new Date(Date.now() + skew));
    expect(isOff(clock.now())).toBeGreaterThan(HOUR_MS - 1_000);
    const deps = depsOn(database, { clock: clock.now });
    const watch = startMaintenance({
      auditDays: 0,
      growTree: () => Promise.resolve(),
      deps,
      worker: WORKER,
      jobs: new Set(),
      outages: trackOutages(() => {}),
      onTime: clock.keepTo,
    });
    await expect.poll(() => isOff(clock.now())).toBeLessThan(1_000);
    await watch.stop();
  },
);

test("a round trip to the database moves no clock", () => {
  const own = new Date("2031-03-03T15:00:00Z");
  const clock = createSharedClock(() => own);
  clock.keepTo(new Date("2031-03-03T15:00:00.400Z"));
  expect(clock.now()).toEqual(own);
  clock.keepTo(new Date("2031-03-03T15:01:00Z"));
  expect(clock.now()).toEqual(new Date("2031-03-03T15:01:00Z"));
  clock.keepTo(new Date("2031-03-03T15:00:59.800Z"));
  expect(clock.now()).toEqual(new Date("2031-03-03T15:01:00Z"));
});
