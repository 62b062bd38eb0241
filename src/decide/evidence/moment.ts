/** Writes a time of the record in UTC, such as `Mon 2031-03-03 15:00:07 UTC`. The same on every machine and in every year. */
export function utc(time: string | null): string | null {
  if (time === null) return null;
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const [day = "", clock = ""] = at.toISOString().split("T");
  return `${WEEKDAYS[at.getUTCDay()]} ${day} ${clock.slice(0, 8)} UTC`;
}

const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"] as const;
