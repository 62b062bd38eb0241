import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../domain/values/durations.ts";

/** Writes a moment for people, such as `Mon 2031-03-03 10:00 EST`. */
export type ShowMoment = (moment: Date) => string;

/** Formats moments by the clock of an IANA zone, to the minute or to the second. */
export function momentsIn(zone: string, precision: "minutes" | "seconds" = "minutes"): ShowMoment {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    weekday: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    ...(precision === "seconds" && { second: "2-digit" }),
    timeZoneName: "short",
  });
  return (moment) => {
    const part = Object.fromEntries(
      format.formatToParts(moment).map(({ type, value }) => [type, value]),
    );
    const time = [part["hour"], part["minute"], part["second"]].filter(Boolean).join(":");
    return `${part["weekday"]} ${part["year"]}-${part["month"]}-${part["day"]} ${time} ${part["timeZoneName"]}`;
  };
}

/** Formats `YYYY-MM-DD` with its weekday, such as `Mon 2031-03-03`. */
export function showDay(day: string): string {
  const weekday = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", weekday: "short" });
  return `${weekday.format(new Date(`${day}T00:00:00Z`))} ${day}`;
}

const STEPS: readonly (readonly [ms: number, unit: string])[] = [
  [DAY_MS, "d"],
  [HOUR_MS, "h"],
  [MINUTE_MS, "min"],
];

/** Formats a duration (ms) in its two largest units, such as `2 h 5 min`; below a minute in seconds. */
export function showDuration(ms: number): string {
  const first = STEPS.findIndex(([step]) => ms >= step);
  if (first === -1) return `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
  let rest = ms;
  return STEPS.slice(first, first + 2)
    .map(([step, unit]) => {
      const count = Math.floor(rest / step);
      rest -= count * step;
      return count === 0 ? "" : `${count} ${unit}`;
    })
    .filter((part) => part !== "")
    .join(" ");
}
