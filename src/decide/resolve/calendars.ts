import type { CalendarRows, ClosedDay } from "../../domain/resolve/calendar.ts";
import { federalHolidays, type Holiday } from "./holidays.ts";
import { DAY_MS } from "../../domain/values/durations.ts";

/** Null if the day is open. Days are counted from 1970-01-01, so that iterating over them is fast. */
type ClosedOn = (day: number) => ClosedDay | null;

export interface Calendar {
  readonly kind: "calendar";
  readonly closedOn: ClosedOn;
}

export interface UnusableCalendar {
  readonly kind: "unusable";
  /** A clause for the operator who corrects the rows, such as: there is no calendar "x". */
  readonly why: string;
}

/** Finds a calendar by its exact name. */
export type Calendars = (name: string) => Calendar | UnusableCalendar;

/** Numbered as in Date. */
const WEEKDAYS = { Sunday: 0, Saturday: 6 };

interface Rule {
  readonly weekend: readonly (keyof typeof WEEKDAYS)[];
  /** The day on which a holiday is taken, YYYY-MM-DD. */
  readonly dayOf: (holiday: Holiday) => string;
}

const BUILT_IN: ReadonlyMap<string, ClosedOn> = new Map([
  // 12 CFR 1026.2(a)(6), general definition: the days the lender's offices are open for business.
  ["office", remembering({ weekend: ["Saturday", "Sunday"], dayOf: (each) => each.observed })],
  // 12 CFR 1006.34(b)(5): legal public holidays are the statutory days, not the days observed for them.
  ["regF", remembering({ weekend: ["Saturday", "Sunday"], dayOf: (each) => each.statutory })],
  // 12 CFR 1026.2(a)(6) and comment 2(a)(6)-2, precise definition: Saturdays and observed days are open.
  ["regZPrecise", remembering({ weekend: ["Sunday"], dayOf: (each) => each.statutory })],
  ["fedBank", remembering({ weekend: ["Saturday", "Sunday"], dayOf: dayAtReserveBanks })],
]);

/**
 * Builds the built-in calendars with the lender's closures, and the lender's own calendars, each with the closures of
 * all calendars it is based on. A calendar that is not based on a built-in one is unusable.
 */
export function createCalendars(rows: CalendarRows): Calendars {
  const bases = new Map(rows.calendars.map(({ name, basedOn }) => [name, basedOn]));
  const closures = Map.groupBy(rows.closures, ({ calendar }) => calendar);
  const opened = new Map<string, Calendar | UnusableCalendar>();

  const open = (name: string, above: readonly string[]): Calendar | UnusableCalendar => {
    const builtIn = BUILT_IN.get(name);
    const basedOn = bases.get(name);
    const own = closures.get(name) ?? [];
    if (builtIn !== undefined) return withClosures(builtIn, own);
    if (basedOn === undefined) return unusable(`there is no calendar "${name}"`);
    if (above.includes(name)) return unusable(`calendar "${name}" is based on itself`);
    const base = open(basedOn, [...above, name]);
    return base.kind === "unusable" ? base : withClosures(base.closedOn, own);
  };

  return (name) => {
    const calendar = opened.get(name) ?? open(name, []);
    opened.set(name, calendar);
    return calendar;
  };
}

function unusable(why: string): UnusableCalendar {
  return { kind: "unusable", why };
}

function withClosures(base: ClosedOn, closures: readonly ClosedDay[]): Calendar {
  const own = new Map(
    closures.map(({ day, reason }) => [Date.parse(day) / DAY_MS, { day, reason }]),
  );
  return { kind: "calendar", closedOn: (day) => base(day) ?? own.get(day) ?? null };
}

/** Federal Reserve Banks stay open on the Friday before a Saturday holiday, and close on the Monday after a Sunday. */
function dayAtReserveBanks({ statutory, observed }: Holiday): string {
  return observed < statutory ? statutory : observed;
}

/** A bulk of 100,000 changes reads the same few dozen days again and again. */
function remembering(rule: Rule): ClosedOn {
  const known = new Map<number, ClosedDay | null>();
  return (day) => {
    const remembered = known.get(day);
    if (remembered !== undefined) return remembered;
    const closed = closedBy(rule, new Date(day * DAY_MS));
    known.set(day, closed);
    return closed;
  };
}

function closedBy({ weekend, dayOf }: Rule, date: Date): ClosedDay | null {
  const day = date.toISOString().slice(0, 10);
  const weekendDay = weekend.find((name) => WEEKDAYS[name] === date.getUTCDay());
  if (weekendDay !== undefined) return { day, reason: weekendDay };
  const year = date.getUTCFullYear();
  // A Saturday 1 January is observed on 31 December.
  const near = [...federalHolidays(year), ...federalHolidays(year + 1)];
  const holiday = near.find((each) => dayOf(each) === day);
  if (holiday === undefined) return null;
  return { day, reason: day === holiday.statutory ? holiday.name : `${holiday.name} (observed)` };
}
