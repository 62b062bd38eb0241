import { IANAZone } from "luxon";
import type { ClosedDay } from "../../domain/resolve/calendar.ts";
import type { Delay } from "../../domain/resolve/notification-type.ts";
import { DELAY_UNITS, type DelayUnit } from "../../domain/vocabulary.ts";
import type { Calendars } from "./calendars.ts";
import { DAY_MS } from "../../domain/values/durations.ts";

/** The explanation of a due date, for the record: plain JSON, moments in UTC. */
export interface Explanation {
  readonly changedAt: string;
  readonly zone: string;
  readonly delay: number | null;
  readonly unit: DelayUnit | null;
  /** Set only for business days. */
  readonly calendar?: string;
  readonly dueAt: string;
  /** The closed days that were skipped. */
  readonly skipped: readonly ClosedDay[];
}

/** An impossible date never means "at once". It has a label and a sentence that states what to do. */
export type Schedule =
  | { readonly kind: "due"; readonly dueAt: Date; readonly explanation: Explanation }
  | Impossible;

interface Impossible {
  readonly kind: "impossible";
  readonly short: string;
  readonly long: string;
}

interface Reached {
  readonly kind: "reached";
  readonly day: number;
  readonly skipped: readonly ClosedDay[];
}

/** No notice waits longer than the term of a thirty-year loan: a longer delay is a typing error. */
const MAX_DELAY_DAYS = 30 * 365;

/**
 * Computes when the notice of a change is due. Days are those of the zone, an IANA name. The day of the change is never
 * counted, open or closed, and the time of day stays the same. Without a delay, or with a delay of zero, it is due at
 * the moment of the change, whatever the zone and the calendar.
 */
export function schedule(
  delay: Delay,
  changedAt: Date,
  zone: string,
  calendars: Calendars,
): Schedule {
  const fault = timeFault(changedAt) ?? delayFault(delay);
  if (fault !== null) return fault;
  const { delay: days, unit, calendar } = delay;
  const asked = {
    changedAt: changedAt.toISOString(),
    zone,
    delay: days,
    unit,
    ...(unit === "businessDays" && { calendar }),
  };
  if (days === null || days === 0) return due(asked, changedAt, []);

  const rules = IANAZone.create(zone);
  if (!rules.isValid) return unknownZone(zone);
  const wallClock = changedAt.getTime() + offsetAt(changedAt.getTime(), rules);
  const changeDay = Math.floor(wallClock / DAY_MS);
  const reached =
    unit === "businessDays"
      ? countOpenDays(changeDay, days, calendar, calendars)
      : ({ kind: "reached", day: changeDay + days, skipped: [] } as const);
  if (reached.kind === "impossible") return reached;
  const dueAt = instantOf(wallClock + (reached.day - changeDay) * DAY_MS, rules);
  return due(asked, new Date(dueAt), reached.skipped);
}

function due(
  asked: Omit<Explanation, "dueAt" | "skipped">,
  dueAt: Date,
  skipped: readonly ClosedDay[],
): Schedule {
  return { kind: "due", dueAt, explanation: { ...asked, dueAt: dueAt.toISOString(), skipped } };
}

/** Monday holidays are law since 1971 (Pub. L. 90-363), and days are written with a year of four digits. */
function timeFault(changedAt: Date): Impossible | null {
  const year = changedAt.getUTCFullYear();
  if (year >= 1971 && year < 9900) return null;
  return impossible(
    "Time of change unusable",
    "The time of the case change is outside all calendars. Insert the change again with its true time.",
  );
}

function delayFault({ delay, unit }: Delay): Impossible | null {
  if (delay === null && unit === null) return null;
  if (delay === null)
    return impossible(
      "Unit without delay",
      `The unit is ${unit}, but there is no delay. Set a number of days, or clear the unit to send at once.`,
    );
  if (!Number.isInteger(delay) || delay < 0 || delay > MAX_DELAY_DAYS)
    return impossible(
      "Delay out of range",
      `The delay is ${delay}. Set a whole number of days from 0 to ${MAX_DELAY_DAYS}.`,
    );
  if (delay > 0 && !DELAY_UNITS.some((known) => known === unit))
    return impossible(
      "Delay without unit",
      `The delay is ${delay}, its unit ${unit}. Set the unit to ${DELAY_UNITS.join(" or ")}.`,
    );
  return null;
}

function countOpenDays(
  from: number,
  count: number,
  name: string,
  calendars: Calendars,
): Reached | Impossible {
  const calendar = calendars(name);
  if (calendar.kind === "unusable")
    return impossible(
      "Calendar unusable",
      `Business days cannot be counted: ${calendar.why}. Correct it, or name another calendar in the notification type.`,
    );
  const skipped: ClosedDay[] = [];
  // Fewer open days than one a week throughout the year: such a calendar is a mistake.
  const farthest = from + 366 + 7 * count;
  for (let day = from + 1; day <= farthest; day += 1) {
    const closed = calendar.closedOn(day);
    if (closed !== null) skipped.push(closed);
    else if (day - from - skipped.length === count) return { kind: "reached", day, skipped };
  }
  return impossible(
    "Calendar hardly open",
    `The calendar "${name}" has too few open days to count ${count}. Remove closures from it.`,
  );
}

/**
 * Returns the instant of a local time, as RFC 5545, 3.3.5 defines it. A time in a gap is read with the offset before
 * the gap, so 02:30 becomes 03:30. A repeated time means its first occurrence.
 */
function instantOf(wallClock: number, zone: IANAZone): number {
  const offsetBefore = offsetAt(wallClock - DAY_MS, zone);
  const offsetAfter = offsetAt(wallClock + DAY_MS, zone);
  const early = wallClock - offsetBefore;
  const late = wallClock - offsetAfter;
  if (offsetAt(early, zone) === offsetBefore) return early;
  return offsetAt(late, zone) === offsetAfter ? late : early;
}

const steadyOffsets = new Map<IANAZone, Map<number, number | null>>();

/**
 * Returns the offset of a zone from UTC (ms). One Intl call takes 4 µs and a bulk of 100,000 changes needs 400,000
 * offsets, so a UTC day that begins and ends with the same offset is looked up once.
 */
function offsetAt(instant: number, zone: IANAZone): number {
  const offset = (at: number) => zone.offset(at) * 60_000;
  const known = steadyOffsets.get(zone) ?? new Map<number, number | null>();
  steadyOffsets.set(zone, known);
  const day = Math.floor(instant / DAY_MS);
  if (!known.has(day)) {
    const atStart = offset(day * DAY_MS);
    known.set(day, atStart === offset((day + 1) * DAY_MS) ? atStart : null);
  }
  return known.get(day) ?? offset(instant);
}

function unknownZone(zone: string): Impossible {
  return impossible(
    "Time zone unknown",
    `There is no time zone "${zone}". Set LENDER_TIME_ZONE to an IANA name such as America/New_York.`,
  );
}

function impossible(short: string, long: string): Impossible {
  return { kind: "impossible", short, long };
}
