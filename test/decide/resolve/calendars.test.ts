import { allForYear } from "@18f/us-federal-holidays";
import { describe, expect, test } from "vitest";
import { createCalendars } from "../../../src/decide/resolve/calendars.ts";
import type { CalendarRows } from "../../../src/domain/resolve/calendar.ts";
import { federalHolidays } from "../../../src/decide/resolve/holidays.ts";

const DAY_MS = 86_400_000;
const YEARS = Array.from({ length: 2040 - 2020 + 1 }, (_, i) => 2020 + i);
const NO_ROWS: CalendarRows = { calendars: [], closures: [] };

function dayNumber(day: string): number {
  return Date.parse(day) / DAY_MS;
}

function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}

/** The reason a calendar gives for a day, "open", or why the calendar cannot be used. */
function reasonOn(calendar: string, day: string, rows: Partial<CalendarRows> = {}): string {
  const found = createCalendars({ ...NO_ROWS, ...rows })(calendar);
  if (found.kind === "unusable") return found.why;
  return found.closedOn(dayNumber(day))?.reason ?? "open";
}

describe("federal holidays against an independent library, 2020 to 2040", () => {
  test.each(YEARS)("those of %i have the same names, statutory and observed days", (year) => {
    const statutory = allForYear(year, {
      shiftSaturdayHolidays: false,
      shiftSundayHolidays: false,
    });
    const observed = allForYear(year);
    expect(federalHolidays(year)).toEqual(
      statutory.map(({ name, dateString }, i) => ({
        name,
        statutory: dateString,
        observed: observed[i]?.dateString,
      })),
    );
  });

  const days = Array.from(
    { length: dayNumber("2041-01-01") - dayNumber("2020-01-01") },
    (_, i) => new Date(Date.parse("2020-01-01") + i * DAY_MS),
  );
  const kept = { shiftSaturdayHolidays: false, shiftSundayHolidays: false };
  test.each([
    ["office", [6, 0], {}],
    ["regF", [6, 0], kept],
    ["regZPrecise", [0], kept],
    ["fedBank", [6, 0], { shiftSaturdayHolidays: false }],
  ])(
    "%s is closed on its weekend and its holidays, and on no other day",
    (name, weekend, moved) => {
      // 2041 is asked too: its first day can be observed in 2040.
      const holidays = new Set(
        [...YEARS, 2041].flatMap((year) => allForYear(year, moved).map((each) => each.dateString)),
      );
      const expected = days
        .filter((day) => weekend.includes(day.getUTCDay()) || holidays.has(isoDay(day)))
        .map(isoDay);
      const calendar = createCalendars(NO_ROWS)(name);
      if (calendar.kind === "unusable") throw new Error(calendar.why);
      expect(
        days.map((day) => calendar.closedOn(day.getTime() / DAY_MS)?.day).filter(Boolean),
      ).toEqual(expected);
    },
  );
});

test("Juneteenth begins in 2021, on the Friday before its first Saturday where offices observe it", () => {
  expect(reasonOn("office", "2020-06-19")).toBe("open");
  expect(reasonOn("office", "2021-06-18")).toBe("Juneteenth National Independence Day (observed)");
  expect(reasonOn("regZPrecise", "2021-06-19")).toBe("Juneteenth National Independence Day");
});

describe("the four calendars judge", () => {
  const open = "open";
  const independence = "Independence Day (observed)";
  const juneteenth = "Juneteenth National Independence Day";
  test.each([
    ["2026-07-03", open, open, independence, open],
    ["2026-07-04", "Saturday", "Independence Day", "Saturday", "Saturday"],
    ["2026-06-19", juneteenth, juneteenth, juneteenth, juneteenth],
    ["2027-06-18", open, open, `${juneteenth} (observed)`, open],
    ["2027-07-04", "Sunday", "Sunday", "Sunday", "Sunday"],
    ["2027-07-05", open, open, independence, independence],
    ["2027-12-24", open, open, "Christmas Day (observed)", open],
    ["2027-12-31", open, open, "New Year's Day (observed)", open],
    ["2028-01-01", "Saturday", "New Year's Day", "Saturday", "Saturday"],
    ["2026-11-27", open, open, open, open],
    ["2026-11-28", "Saturday", open, "Saturday", "Saturday"],
  ])("%s: regF %s, regZPrecise %s, office %s, fedBank %s", (day, ...reasons) => {
    const calendars = ["regF", "regZPrecise", "office", "fedBank"];
    expect(calendars.map((calendar) => reasonOn(calendar, day))).toEqual(reasons);
  });
});

describe("a lender's rows", () => {
  const stocktaking = { calendar: "office", day: "2026-08-12", reason: "Stocktaking" };
  const branch = { name: "branch", basedOn: "office" };
  const harbor = { name: "harbor", basedOn: "branch" };
  const regatta = { calendar: "branch", day: "2026-08-13", reason: "Regatta" };

  test("close a built-in calendar on a day, and no other calendar", () => {
    expect(reasonOn("office", "2026-08-12", { closures: [stocktaking] })).toBe("Stocktaking");
    expect(reasonOn("office", "2026-08-13", { closures: [stocktaking] })).toBe("open");
    expect(reasonOn("regF", "2026-08-12", { closures: [stocktaking] })).toBe("open");
  });

  test("do not outlive the value they were given to", () => {
    expect(reasonOn("office", "2026-08-12", { closures: [stocktaking] })).toBe("Stocktaking");
    expect(reasonOn("office", "2026-08-12")).toBe("open");
  });

  test("do not replace the reason of a day that is closed already", () => {
    const closures = [{ ...stocktaking, day: "2026-12-25" }];
    expect(reasonOn("office", "2026-12-25", { closures })).toBe("Christmas Day");
  });

  test("define calendars that inherit the closures of all they are based on", () => {
    const rows = { calendars: [harbor, branch], closures: [stocktaking, regatta] };
    expect(reasonOn("harbor", "2026-08-12", rows)).toBe("Stocktaking");
    expect(reasonOn("harbor", "2026-08-13", rows)).toBe("Regatta");
    expect(reasonOn("harbor", "2026-07-03", rows)).toBe("Independence Day (observed)");
    expect(reasonOn("harbor", "2026-08-14", rows)).toBe("open");
    expect(reasonOn("office", "2026-08-13", rows)).toBe("open");
  });

  test.each([
    ["a name nobody defined", "branch", [], 'there is no calendar "branch"'],
    ["another spelling of a built-in name", "Office", [], 'there is no calendar "Office"'],
    ["a base nobody defined", "harbor", [harbor], 'there is no calendar "branch"'],
    [
      "a calendar based on itself",
      "branch",
      [{ name: "branch", basedOn: "branch" }],
      'calendar "branch" is based on itself',
    ],
    [
      "a circle of calendars",
      "branch",
      [harbor, { name: "branch", basedOn: "harbor" }],
      'calendar "branch" is based on itself',
    ],
  ])("make no calendar of %s", (_, name, calendars, why) => {
    expect(reasonOn(name, "2026-08-12", { calendars })).toBe(why);
  });

  test("that are wrong spoil no other calendar", () => {
    const calendars = [branch, { name: "harbor", basedOn: "harbor" }];
    expect(reasonOn("branch", "2026-08-12", { calendars })).toBe("open");
  });
});
