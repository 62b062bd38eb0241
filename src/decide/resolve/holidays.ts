import { DAY_MS } from "../../domain/values/durations.ts";

/** A federal holiday of one year. Both days are YYYY-MM-DD. */
export interface Holiday {
  readonly name: string;
  /** The statutory day, 5 USC 6103(a). */
  readonly statutory: string;
  /** The observed day. For 1 January it can be 31 December of the year before. */
  readonly observed: string;
}

interface Rule {
  readonly name: string;
  readonly dateIn: (year: number) => Date;
  /** First year of the holiday. */
  readonly since?: number;
}

const SUNDAY = 0;
const MONDAY = 1;
const THURSDAY = 4;
const SATURDAY = 6;

/** 5 USC 6103(a). Inauguration Day, 6103(c), is omitted, because it closes offices around Washington only. */
const RULES: readonly Rule[] = [
  { name: "New Year's Day", dateIn: fixed(1, 1) },
  { name: "Birthday of Martin Luther King, Jr.", dateIn: nth(3, MONDAY, 1) },
  { name: "Washington's Birthday", dateIn: nth(3, MONDAY, 2) },
  { name: "Memorial Day", dateIn: last(MONDAY, 5) },
  // Pub. L. 117-17, signed 17 June 2021, two days before the first one.
  { name: "Juneteenth National Independence Day", dateIn: fixed(6, 19), since: 2021 },
  { name: "Independence Day", dateIn: fixed(7, 4) },
  { name: "Labor Day", dateIn: nth(1, MONDAY, 9) },
  { name: "Columbus Day", dateIn: nth(2, MONDAY, 10) },
  { name: "Veterans Day", dateIn: fixed(11, 11) },
  { name: "Thanksgiving Day", dateIn: nth(4, THURSDAY, 11) },
  { name: "Christmas Day", dateIn: fixed(12, 25) },
];

/** Returns the federal holidays whose statutory day is in the year, in order. */
export function federalHolidays(year: number): Holiday[] {
  return RULES.filter(({ since }) => since === undefined || since <= year).map(
    ({ name, dateIn }) => {
      const date = dateIn(year);
      return { name, statutory: isoDay(date), observed: isoDay(observed(date)) };
    },
  );
}

/** Saturday moves to Friday, 5 USC 6103(b)(1); Sunday moves to Monday, Executive Order 11582. */
function observed(date: Date): Date {
  if (date.getUTCDay() === SATURDAY) return shifted(date, -1);
  if (date.getUTCDay() === SUNDAY) return shifted(date, 1);
  return date;
}

function fixed(month: number, day: number): Rule["dateIn"] {
  return (year) => new Date(Date.UTC(year, month - 1, day));
}

function nth(n: number, weekday: number, month: number): Rule["dateIn"] {
  return (year) => {
    const first = new Date(Date.UTC(year, month - 1, 1));
    return shifted(first, ((weekday - first.getUTCDay() + 7) % 7) + (n - 1) * 7);
  };
}

function last(weekday: number, month: number): Rule["dateIn"] {
  return (year) => shifted(nth(1, weekday, month + 1)(year), -7);
}

function shifted(date: Date, days: number): Date {
  return new Date(date.getTime() + days * DAY_MS);
}

function isoDay(date: Date): string {
  return date.toISOString().slice(0, 10);
}
