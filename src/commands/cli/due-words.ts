import type { Explanation } from "../../decide/resolve/schedule.ts";
import { momentsIn, showDay } from "./moment.ts";
import { counted } from "./layout.ts";

const UNITS = { calendarDays: "calendar day", businessDays: "business day" } as const;

/** Explains a due date in sentences: the delay, its calendar and zone, and the skipped days. */
export function dueInWords(explanation: Explanation): string {
  const { delay, unit, zone, calendar, dueAt, skipped } = explanation;
  const due = momentsIn(zone)(new Date(dueAt));
  if (unit === null || delay === null || delay === 0) return `${due}: at the moment of the change.`;
  const on = calendar === undefined ? "" : ` on the calendar ${calendar}`;
  const counting = `${due}: ${counted(delay, UNITS[unit])} after the change${on}, at the same time of day in ${zone}.`;
  if (skipped.length === 0) return counting;
  const days = skipped.map(({ day, reason }) => nameDay(day, reason)).join(", ");
  return `${counting} Passed over: ${days}.`;
}

/** A weekend day is shown with its weekday, a holiday with its name. */
function nameDay(day: string, reason: string): string {
  return ["Saturday", "Sunday"].includes(reason) ? showDay(day) : `${showDay(day)} (${reason})`;
}
