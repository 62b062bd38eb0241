import { DAY_MS, MINUTE_MS } from "../../../domain/values/durations.ts";
import { type Day, type Instant } from "../../../domain/guard/moments.ts";

/** The local time of one IANA zone. */
export interface ZoneClock {
  readonly zone: string;
  /** Local time minus UTC at an instant, in ms. */
  offsetAt(at: Instant): number;
  /** The local calendar day at an instant. */
  dayAt(at: Instant): Day;
  /** Ms since local midnight at an instant, by local time. */
  timeAt(at: Instant): number;
  /** The first instant of a local day at which the local time is this many minutes after midnight or later. */
  instantOf(day: Day, minutes: number): Instant;
}

/**
 * Returns the next instant after `at` at which the local time of a day is reached, if the local time is earlier now. In
 * a repeated hour that is the second time.
 */
export function nextInstantOf(clock: ZoneClock, at: Instant, day: Day, minutes: number): Instant {
  const first = clock.instantOf(day, minutes);
  if (first > at) return first;
  return day * DAY_MS + minutes * MINUTE_MS - clock.offsetAt(at);
}

/** No zone has changed its offset twice within a week. */
const WEEK_MS = 7 * DAY_MS;

/** One week of a zone: its offset before `change` and from then on. */
interface Week {
  readonly change: Instant;
  readonly before: number;
  readonly after: number;
}

const clocks = new Map<string, ZoneClock>();

/** Creates the clock of a zone, which must be known to this runtime. Intl is called once per week of local time. */
export function clockOf(zone: string): ZoneClock {
  const opened = clocks.get(zone) ?? openClock(zone);
  clocks.set(zone, opened);
  return opened;
}

function openClock(zone: string): ZoneClock {
  const ask = askIntl(zone);
  const weeks = new Map<number, Week>();

  const weekOf = (number: number): Week => {
    const known = weeks.get(number) ?? readWeek(ask, number * WEEK_MS);
    weeks.set(number, known);
    return known;
  };
  const offsetAt = (at: Instant): number => {
    const week = weekOf(Math.floor(at / WEEK_MS));
    return at < week.change ? week.before : week.after;
  };
  const dayAt = (at: Instant): Day => Math.floor((at + offsetAt(at)) / DAY_MS);
  const timeAt = (at: Instant): number => at + offsetAt(at) - dayAt(at) * DAY_MS;
  const instantOf = (day: Day, minutes: number): Instant =>
    firstAt(offsetAt, day * DAY_MS + minutes * MINUTE_MS);
  return { zone, offsetAt, dayAt, timeAt, instantOf };
}

type Offset = (at: Instant) => number;

/** Instants are tried, not computed: a local time may occur twice or not at all. */
function firstAt(offsetAt: Offset, local: number): Instant {
  const earlier = local - offsetAt(local - DAY_MS);
  if (earlier + offsetAt(earlier) === local) return earlier;
  const later = local - offsetAt(local + DAY_MS);
  if (later + offsetAt(later) === local) return later;
  return changeBetween(offsetAt, later, earlier);
}

function readWeek(ask: Offset, start: Instant): Week {
  const end = start + WEEK_MS;
  const [before, after] = [ask(start), ask(end - 1)];
  if (before === after) return { change: start, before, after };
  return { change: changeBetween(ask, start, end - 1), before, after };
}

/** Returns the first instant after `low` with another offset than at `low`. The offset at `high` must differ. */
function changeBetween(offsetAt: Offset, low: Instant, high: Instant): Instant {
  const before = offsetAt(low);
  let [known, changed] = [low, high];
  while (changed - known > 1) {
    const middle = Math.floor((known + changed) / 2);
    if (offsetAt(middle) === before) known = middle;
    else changed = middle;
  }
  return changed;
}

function askIntl(timeZone: string): Offset {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" });
  return (at) => {
    const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign = "+", hours = "0", minutes = "0", seconds = "0"] =
      /^GMT([+-])(\d{2}):(\d{2})(?::(\d{2}))?$/.exec(name) ?? [];
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return (sign === "-" ? -size : size) * 1_000;
  };
}
