import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { DateTime, IANAZone } from "luxon";
import { describe, expect, test } from "vitest";
import { createCalendars } from "../../../src/decide/resolve/calendars.ts";
import type { CalendarRows } from "../../../src/domain/resolve/calendar.ts";
import { schedule, type Explanation, type Schedule } from "../../../src/decide/resolve/schedule.ts";
import type { Delay } from "../../../src/domain/resolve/notification-type.ts";
import type { DelayUnit } from "../../../src/domain/vocabulary.ts";

interface ConformanceRow {
  readonly triggeredAt: string;
  readonly timezone: string;
  readonly delay: number;
  readonly unit: DelayUnit;
  readonly calendar?: string;
  readonly dueAt: string;
}

const DAY_MS = 86_400_000;
const NEW_YORK = "America/New_York";
const BUILT_IN = ["office", "regF", "regZPrecise", "fedBank"];
const calendars = createCalendars({ calendars: [], closures: [] });

const AT_ONCE: Delay = { delay: null, unit: null, calendar: "office" };

function calendarDays(delay: number): Delay {
  return { delay, unit: "calendarDays", calendar: "office" };
}

function businessDays(delay: number, calendar = "office"): Delay {
  return { delay, unit: "businessDays", calendar };
}

function expectDue(found: Schedule): { dueAt: Date; explanation: Explanation } {
  if (found.kind === "impossible") throw new Error(found.long);
  return found;
}

function dueAt(delay: Delay, changedAt: string | Date, zone = NEW_YORK): Date {
  return expectDue(schedule(delay, new Date(changedAt), zone, calendars)).dueAt;
}

function dueIn(zone: string, delay: Delay, changedAt: Date): DateTime {
  return DateTime.fromJSDate(dueAt(delay, changedAt, zone), { zone });
}

function explanationOf(delay: Delay, changedAt: string): unknown {
  const found = schedule(delay, new Date(changedAt), NEW_YORK, calendars);
  return JSON.parse(JSON.stringify(expectDue(found).explanation));
}

/** Days from 1970-01-01 on the clocks of the zone. */
function localDay(moment: Date, zone: string): number {
  return Date.parse(DateTime.fromJSDate(moment, { zone }).toFormat("yyyy-MM-dd")) / DAY_MS;
}

describe("conformance", () => {
  const path = new URL("../../conformance/delays.json", import.meta.url);
  const rows = JSON.parse(readFileSync(path, "utf8")) as ConformanceRow[];

  test("has all its rows", () => {
    expect(rows).toHaveLength(160);
  });

  test.each(rows)("$delay $unit after $triggeredAt in $timezone is $dueAt", (row) => {
    const delay = { calendar: "office", ...row };
    expect(dueAt(delay, row.triggeredAt, row.timezone)).toEqual(new Date(row.dueAt));
  });
});

describe("business days counted on the four calendars", () => {
  test.each([
    ["2026-07-01", 3, "2026-07-06", "2026-07-06", "2026-07-07", "2026-07-06"],
    ["2026-11-20", 10, "2026-12-07", "2026-12-03", "2026-12-07", "2026-12-07"],
    ["2026-06-17", 3, "2026-06-23", "2026-06-22", "2026-06-23", "2026-06-23"],
    ["2027-12-23", 3, "2027-12-28", "2027-12-28", "2027-12-29", "2027-12-28"],
  ] as const)(
    "%s and %i more: regF %s, regZPrecise %s, office %s, fedBank %s",
    (day, count, ...dueDays) => {
      const counted = ["regF", "regZPrecise", "office", "fedBank"].map((calendar) =>
        dueAt(businessDays(count, calendar), `${day}T17:00:00Z`).toISOString().slice(0, 10),
      );
      expect(counted).toEqual(dueDays);
    },
  );

  // 12 CFR 1006.34(b)(5): a notice is assumed received five regF days after it was sent, and 30 days follow.
  test.each([
    ["2026-11-20", "2026-11-30", "2026-12-30"],
    ["2026-06-29", "2026-07-06", "2026-08-05"],
    ["2026-12-21", "2026-12-29", "2027-01-28"],
  ])(
    "a validation notice sent %s is received %s, and its period ends %s",
    (sent, received, end) => {
      const receipt = dueAt(businessDays(5, "regF"), `${sent}T12:00:00Z`, "UTC");
      expect(receipt).toEqual(new Date(`${received}T12:00:00Z`));
      expect(dueAt(calendarDays(30), receipt, "UTC")).toEqual(new Date(`${end}T12:00:00Z`));
    },
  );

  test("the lender's own calendar and closures count", () => {
    const rows: CalendarRows = {
      calendars: [{ name: "branch", basedOn: "office" }],
      closures: [{ calendar: "branch", day: "2026-08-07", reason: "Moving" }],
    };
    const found = schedule(
      businessDays(1, "branch"),
      new Date("2026-08-06T16:00:00Z"),
      NEW_YORK,
      createCalendars(rows),
    );
    expect(expectDue(found).dueAt).toEqual(new Date("2026-08-10T16:00:00Z"));
  });
});

describe("at once", () => {
  const saturday = new Date("2026-07-04T16:20:30.456Z");
  test.each([
    ["no delay", AT_ONCE, NEW_YORK],
    ["zero calendar days", calendarDays(0), NEW_YORK],
    ["zero business days on a closed day", businessDays(0), NEW_YORK],
    ["zero of no unit", { ...AT_ONCE, delay: 0 }, NEW_YORK],
    ["zero on a calendar nobody defined", businessDays(0, "nowhere"), NEW_YORK],
    ["zero in a zone nobody knows", calendarDays(0), "Mars/Phobos"],
  ])("%s is due at the change itself", (_, delay, zone) => {
    expect(dueAt(delay, saturday, zone)).toEqual(saturday);
  });
});

describe("the lender's clocks", () => {
  test.each([
    ["keep noon when summer time begins", 1, "2026-03-07T17:00:00Z", "2026-03-08T16:00:00Z"],
    ["keep noon when summer time ends", 1, "2026-10-31T16:00:00Z", "2026-11-01T17:00:00Z"],
    ["keep the milliseconds", 1, "2026-03-07T17:00:00.123Z", "2026-03-08T16:00:00.123Z"],
    ["turn a 02:30 they skip into 03:30", 1, "2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z"],
    ["turn a 02:00 they skip into 03:00", 1, "2026-03-07T07:00:00Z", "2026-03-08T07:00:00Z"],
    ["return to 02:30 a day after", 2, "2026-03-07T07:30:00Z", "2026-03-09T06:30:00Z"],
    ["take the first 01:30 of two", 1, "2026-10-31T05:30:00Z", "2026-11-01T05:30:00Z"],
    ["take it for a winter's change too", 241, "2026-03-05T06:30:00Z", "2026-11-01T05:30:00Z"],
    ["go on from the second 01:30", 1, "2026-11-01T06:30:00Z", "2026-11-02T06:30:00Z"],
    ["leave the second 01:30 where it is", 0, "2026-11-01T06:30:00Z", "2026-11-01T06:30:00Z"],
  ])("%s (%i days from %s: %s)", (_, days, changedAt, expected) => {
    expect(dueAt(calendarDays(days), changedAt)).toEqual(new Date(expected));
  });

  test("skip midnight itself where summer time begins at midnight", () => {
    const due = dueAt(calendarDays(1), "2026-04-22T22:30:00Z", "Africa/Cairo");
    expect(due).toEqual(new Date("2026-04-23T22:30:00Z"));
  });

  test("move by half an hour on Lord Howe Island", () => {
    const due = dueAt(calendarDays(1), "2026-10-02T15:45:00Z", "Australia/Lord_Howe");
    expect(due).toEqual(new Date("2026-10-03T15:45:00Z"));
  });

  test("say which day it is, not those of Greenwich", () => {
    const thursday = dueAt(businessDays(1), "2026-08-07T03:59:59.999Z");
    expect(thursday).toEqual(new Date("2026-08-08T03:59:59.999Z"));
    const friday = dueAt(businessDays(1), "2026-08-07T04:00:00Z");
    expect(friday).toEqual(new Date("2026-08-10T04:00:00Z"));
  });

  test.each([
    NEW_YORK,
    "America/Anchorage",
    "America/Havana",
    "America/Santiago",
    "America/Nuuk",
    "Europe/London",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Antarctica/Troll",
  ])("of %s are read as luxon reads them, each half hour around each changeover", (name) => {
    const zone = IANAZone.create(name);
    const start = Date.parse("2026-01-01");
    const changeovers = Array.from({ length: 3 * 365 }, (_, i) => start + i * DAY_MS).filter(
      (day) => zone.offset(day) !== zone.offset(day + DAY_MS),
    );
    expect(changeovers).not.toHaveLength(0);
    const changes = changeovers.flatMap((day) =>
      Array.from({ length: 4 * 48 }, (_, i) => new Date(day - 3 * DAY_MS + i * 1_800_000)),
    );
    const due = changes.flatMap((change) =>
      [1, 2, 200].map((days) => dueAt(calendarDays(days), change, name).toISOString()),
    );
    const luxons = changes.flatMap((change) =>
      [1, 2, 200].map((days) => {
        const shown = DateTime.fromJSDate(change, { zone }).plus({ days }).getPossibleOffsets();
        return new Date(Math.min(...shown.map((each) => each.toMillis()))).toISOString();
      }),
    );
    expect(due).toEqual(luxons);
  });
});

describe("for every change, zone and calendar", () => {
  const zones = fc.constantFrom(
    NEW_YORK,
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Puerto_Rico",
    "Pacific/Honolulu",
    "Pacific/Guam",
  );
  const moments = fc.date({
    min: new Date("2021-01-01"),
    max: new Date("2040-12-31"),
    noInvalidDate: true,
  });
  const units = fc.constantFrom(
    calendarDays,
    ...BUILT_IN.map((calendar) => (days: number) => businessDays(days, calendar)),
  );
  const lengths = fc.nat({ max: 400 });

  test("a longer delay is never due earlier", () => {
    fc.assert(
      fc.property(zones, moments, units, fc.tuple(lengths, lengths), (zone, moment, unit, pair) => {
        const [short, long] = pair.toSorted((a, b) => a - b).map((days) => unit(days));
        if (short === undefined || long === undefined) throw new Error("a pair has two");
        expect(dueAt(long, moment, zone).getTime()).toBeGreaterThanOrEqual(
          dueAt(short, moment, zone).getTime(),
        );
      }),
    );
  });

  test("a change of a later day is never due on an earlier day", () => {
    fc.assert(
      fc.property(
        fc.record({
          zone: zones,
          moment: moments,
          delay: fc.tuple(units, lengths).map(([unit, days]) => unit(days)),
          gap: fc.nat({ max: 5 * DAY_MS }),
        }),
        ({ zone, moment, delay, gap }) => {
          const later = new Date(moment.getTime() + gap);
          expect(localDay(dueAt(delay, later, zone), zone)).toBeGreaterThanOrEqual(
            localDay(dueAt(delay, moment, zone), zone),
          );
        },
      ),
    );
  });

  // A rule that keeps the time of day cannot promise more: the hour of a later change may be an earlier one.
  test.each([
    [
      "Saturday morning comes before Friday afternoon",
      businessDays(1),
      ["2026-08-07T19:00:00Z", "2026-08-10T19:00:00Z"],
      ["2026-08-08T13:00:00Z", "2026-08-10T13:00:00Z"],
    ],
    [
      "03:15 comes before a 02:45 that clocks skip",
      calendarDays(1),
      ["2026-03-07T07:45:00Z", "2026-03-08T07:45:00Z"],
      ["2026-03-07T08:15:00Z", "2026-03-08T07:15:00Z"],
    ],
  ])("%s", (_, delay, ...changes) => {
    for (const [changedAt = "", due = ""] of changes)
      expect(dueAt(delay, changedAt)).toEqual(new Date(due));
  });

  test("business days end on an open day, and each day on the way was counted or skipped", () => {
    fc.assert(
      fc.property(
        fc.record({
          zone: zones,
          moment: moments,
          count: fc.integer({ min: 1, max: 400 }),
          name: fc.constantFrom(...BUILT_IN),
        }),
        ({ zone, moment, count, name }) => {
          const found = schedule(businessDays(count, name), moment, zone, calendars);
          const { dueAt: due, explanation } = expectDue(found);
          const calendar = calendars(name);
          if (calendar.kind === "unusable") throw new Error(calendar.why);
          const [from, to] = [localDay(moment, zone), localDay(due, zone)];
          expect(calendar.closedOn(to)).toBeNull();
          expect(to - from - explanation.skipped.length).toBe(count);
          const passed = Array.from({ length: to - from }, (_, i) => from + 1 + i);
          const closed = passed.map((day) => calendar.closedOn(day)).filter(Boolean);
          expect(explanation.skipped).toEqual(closed);
        },
      ),
    );
  });

  test("the time of day is kept, wherever clocks show it on that day", () => {
    fc.assert(
      fc.property(zones, moments, units, lengths, (zone, moment, unit, days) => {
        const format = "HH:mm:ss.SSS";
        const timeOfDay = DateTime.fromJSDate(moment, { zone }).toFormat(format);
        const due = dueIn(zone, unit(days), moment);
        const shown = DateTime.fromISO(`${due.toFormat("yyyy-MM-dd")}T${timeOfDay}`, { zone });
        fc.pre(shown.toFormat(format) === timeOfDay);
        expect(due.toFormat(format)).toBe(timeOfDay);
      }),
    );
  });
});

describe("the explanation", () => {
  test("of business days names the calendar and every day skipped", () => {
    expect(explanationOf(businessDays(2), "2026-07-02T16:00:00Z")).toEqual({
      changedAt: "2026-07-02T16:00:00.000Z",
      zone: NEW_YORK,
      delay: 2,
      unit: "businessDays",
      calendar: "office",
      dueAt: "2026-07-07T16:00:00.000Z",
      skipped: [
        { day: "2026-07-03", reason: "Independence Day (observed)" },
        { day: "2026-07-04", reason: "Saturday" },
        { day: "2026-07-05", reason: "Sunday" },
      ],
    });
  });

  test("of calendar days names no calendar and skips nothing", () => {
    expect(explanationOf(calendarDays(30), "2026-07-02T16:00:00Z")).toEqual({
      changedAt: "2026-07-02T16:00:00.000Z",
      zone: NEW_YORK,
      delay: 30,
      unit: "calendarDays",
      dueAt: "2026-08-01T16:00:00.000Z",
      skipped: [],
    });
  });

  test("of no delay has no counting", () => {
    expect(explanationOf(AT_ONCE, "2026-07-02T16:00:00Z")).toEqual({
      changedAt: "2026-07-02T16:00:00.000Z",
      zone: NEW_YORK,
      delay: null,
      unit: null,
      dueAt: "2026-07-02T16:00:00.000Z",
      skipped: [],
    });
  });
});

describe("a date that cannot be computed is impossible, never at once", () => {
  const moment = new Date("2026-07-02T16:00:00Z");
  const weeks = { ...AT_ONCE, delay: 2, unit: "weeks" as DelayUnit };
  test.each([
    ["a delay without a unit", "Delay without unit", { ...AT_ONCE, delay: 5 }],
    ["a unit nobody defined", "Delay without unit", weeks],
    ["a unit without a delay", "Unit without delay", { ...calendarDays(0), delay: null }],
    ["a negative delay", "Delay out of range", calendarDays(-1)],
    ["half a day", "Delay out of range", businessDays(0.5)],
    ["not a number", "Delay out of range", calendarDays(Number.NaN)],
    ["a day beyond thirty years", "Delay out of range", calendarDays(30 * 365 + 1)],
    ["the largest integer of the database", "Delay out of range", businessDays(2_147_483_647)],
    ["a calendar nobody defined", "Calendar unusable", businessDays(1, "nowhere")],
  ])("%s", (_, short, delay) => {
    const found = schedule(delay, moment, NEW_YORK, calendars);
    expect(found).toEqual({ kind: "impossible", short, long: expect.stringMatching(/\. .+\.$/) });
  });

  test("thirty years can be waited for", () => {
    const due = new Date(moment.getTime() + 30 * 365 * DAY_MS);
    expect(dueAt(calendarDays(30 * 365), moment)).toEqual(due);
  });

  test.each(["Mars/Phobos", "", "local", "system"])("a zone named %j", (zone) => {
    const found = schedule(calendarDays(1), moment, zone, calendars);
    expect(found).toMatchObject({ kind: "impossible", short: "Time zone unknown" });
  });

  test.each([Number.NaN, -1, 8.64e15])("a change %d ms after 1970-01-01", (ms) => {
    const found = schedule(AT_ONCE, new Date(ms), NEW_YORK, calendars);
    expect(found).toMatchObject({ kind: "impossible", short: "Time of change unusable" });
  });

  test("the sentence names the calendar and what is wrong with it", () => {
    const found = schedule(businessDays(1, "nowhere"), moment, NEW_YORK, calendars);
    expect(found).toHaveProperty("long", expect.stringContaining('there is no calendar "nowhere"'));
  });

  test("a calendar shut for years on end", () => {
    const closures = Array.from({ length: 400 }, (_, i) => ({
      calendar: "office",
      day: new Date(moment.getTime() + i * DAY_MS).toISOString().slice(0, 10),
      reason: "Wound up",
    }));
    const shut = createCalendars({ calendars: [], closures });
    const found = schedule(businessDays(1), moment, NEW_YORK, shut);
    expect(found).toMatchObject({ kind: "impossible", short: "Calendar hardly open" });
  });
});
