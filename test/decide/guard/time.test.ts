import * as fc from "fast-check";
import { DateTime } from "luxon";
import { describe, expect, test } from "vitest";
import zones from "../../../src/decide/guard/data/zones.json" with { type: "json" };
import { judgeFacts } from "../../../src/decide/guard/judge.ts";
import { builtInPolicy } from "../../../src/decide/guard/policy/policy.ts";
import { clockOf } from "../../../src/decide/guard/time/zone-clock.ts";
import type { Facts } from "../../../src/domain/guard/facts.ts";
import { HOUR_MS, MINUTE_MS } from "../../../src/domain/values/durations.ts";
import type { Instant } from "../../../src/domain/guard/moments.ts";
import { questionOf } from "./question.ts";

const ZONES = [
  ...new Set([
    ...Object.values(zones.areaCodes).flat(),
    ...Object.values(zones.states).flat(),
    ...zones.unknown,
  ]),
].toSorted();
const [FIRST, LAST] = [Date.UTC(2024, 0, 1), Date.UTC(2036, 0, 1)];
const WEEK_MS = 7 * 24 * HOUR_MS;

const offset = (zone: string, at: Instant): number =>
  DateTime.fromMillis(at, { zone }).offset * MINUTE_MS;

/** Every instant at which the clock of a zone changes, from 2024 to 2035, found without our own code. */
function changesOf(zone: string): Instant[] {
  const weeks = Array.from(
    { length: Math.ceil((LAST - FIRST) / WEEK_MS) },
    (_, week) => FIRST + week * WEEK_MS,
  );
  return weeks
    .filter((start) => offset(zone, start) !== offset(zone, start + WEEK_MS))
    .map((start) => changeIn(zone, start, start + WEEK_MS));
}

function changeIn(zone: string, start: Instant, end: Instant): Instant {
  if (end - start <= 1) return end;
  const middle = Math.floor((start + end) / 2);
  return offset(zone, middle) === offset(zone, start)
    ? changeIn(zone, middle, end)
    : changeIn(zone, start, middle);
}

const CHANGES = new Map(ZONES.map((zone) => [zone, changesOf(zone)]));

const hourOf = new Map(
  ZONES.map((timeZone) => {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone,
      hour: "2-digit",
      hourCycle: "h23",
    });
    return [timeZone, (at: Instant) => Number(format.format(at))] as const;
  }),
);

function isOpen(zone: string, at: Instant): boolean {
  const hour = hourOf.get(zone)?.(at) ?? Number.NaN;
  return hour >= 8 && hour < 21;
}

/** A servicing text to an address with these zones: only the hours of policy matter. */
function factsIn(...addressZones: readonly string[]): Facts {
  return questionOf({
    facts: {
      message: { channel: "text", theme: "opsServicing", asksForMoney: false },
      rendered: { demandsPayment: false },
      loans: { L1: { daysPastDue: 0 } },
      contacts: {
        "CT-MOBILE": { value: "+18005550123" },
        "CT-HOME": { address: { zones: addressZones } },
      },
    },
  }).facts;
}

/** The judgement is right about this instant, by another reading of the clock. */
function expectRight(facts: Facts, zoneNames: readonly string[], now: Instant): void {
  const { verdict } = judgeFacts(facts, builtInPolicy(), now);
  const open = (at: Instant): boolean => zoneNames.every((zone) => isOpen(zone, at));
  expect(verdict.outcome === "allow").toBe(open(now));
  const until = verdict.until ?? Number.NaN;
  // on allow it stays open up to `until`, on wait it stays closed up to it, and there it changes
  expect(open(until)).toBe(!open(now));
  expect(open(until - 1)).toBe(open(now));
  for (let at = now; at < until; at += HOUR_MS) expect(open(at)).toBe(open(now));
}

test("there are zones with and without changes", () => {
  expect(ZONES.length).toBeGreaterThan(30);
  expect(CHANGES.get("America/New_York")).toHaveLength(24);
  expect(CHANGES.get("America/Phoenix")).toEqual([]);
});

describe("every zone and every change of its clock, 2024 to 2035", () => {
  test.each(ZONES)("%s", (zone) => {
    const facts = factsIn(zone);
    for (const change of CHANGES.get(zone) ?? [])
      for (let hours = -28; hours <= 28; hours += 3.5)
        expectRight(facts, [zone], change + hours * HOUR_MS);
  });
});

test("the offset is that of Intl at every change, before and after it", () => {
  const places = [...CHANGES].flatMap(([zone, changes]) =>
    changes.flatMap((change) =>
      [-WEEK_MS, -1, 0, 1, WEEK_MS].map((shift) => ({ zone, at: change + shift })),
    ),
  );
  for (const { zone, at } of places) expect(clockOf(zone).offsetAt(at)).toBe(offset(zone, at));
});

const anyInstant = fc.integer({ min: FIRST, max: LAST });
const anyZone = fc.constantFrom(...ZONES);
/** Within two days of a change of the zone's clock, where it has any. */
const nearChange = anyZone.chain((zone) => {
  const changes = CHANGES.get(zone) ?? [];
  const near = changes.length === 0 ? anyInstant : fc.constantFrom(...changes);
  return fc.tuple(fc.constant(zone), near, fc.integer({ min: -48 * HOUR_MS, max: 48 * HOUR_MS }));
});

test("a local time is reached at the first instant that shows it, or the first after a gap", () => {
  fc.assert(
    fc.property(nearChange, fc.integer({ min: 0, max: 1439 }), ([zone, change, shift], minutes) => {
      const clock = clockOf(zone);
      const day = clock.dayAt(change + shift);
      const at = clock.instantOf(day, minutes);
      const wanted = day * 24 * HOUR_MS + minutes * MINUTE_MS;
      expect(at + offset(zone, at)).toBeGreaterThanOrEqual(wanted);
      expect(at - 1 + offset(zone, at - 1)).toBeLessThan(wanted);
    }),
    { numRuns: 2_000 },
  );
});

test("with several zones it is open where all are", () => {
  fc.assert(
    fc.property(
      nearChange,
      fc.array(anyZone, { minLength: 1, maxLength: 2 }),
      ([zone, change, shift], others) => {
        const names = [zone, ...others];
        expectRight(factsIn(...names), names, change + shift);
      },
    ),
    { numRuns: 300 },
  );
});

test("weekly inconvenient times close exactly while the wall clock is in them, in every zone", () => {
  const minute = fc.integer({ min: 0, max: 1439 });
  const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
  fc.assert(
    fc.property(
      nearChange,
      fc.constantFrom(...days),
      minute,
      minute,
      ([zone, change, shift], day, from, to) => {
        const facts = factsIn(zone);
        const preferences = {
          ...facts.preferences,
          inconvenientTimes: [{ days: [day], from, to, source: "borrower" as const }],
        };
        const now = change + shift;
        const judgement = judgeFacts({ ...facts, preferences }, builtInPolicy(), now);
        const local = DateTime.fromMillis(now, { zone });
        const since = local.hour * 60 + local.minute - from;
        const length = to > from ? to - from : to - from + 1440;
        const began = since >= 0 && since < length && days[local.weekday % 7] === day;
        const beganYesterday = since + 1440 < length && days[(local.weekday + 6) % 7] === day;
        const own = judgement.rules.find(({ ruleId }) => ruleId === "time.consumer");
        expect(own?.outcome === "wait").toBe(began || beganYesterday);
      },
    ),
    { numRuns: 1_000 },
  );
});

test("the order of the evidence does not matter", () => {
  fc.assert(
    fc.property(fc.array(anyZone, { minLength: 3, maxLength: 3 }), anyInstant, (names, now) => {
      const verdicts = [names, names.toReversed()].map(
        (order) => judgeFacts(factsIn(...order), builtInPolicy(), now).verdict,
      );
      expect(verdicts[0]).toEqual(verdicts[1]);
    }),
    { numRuns: 200 },
  );
});
