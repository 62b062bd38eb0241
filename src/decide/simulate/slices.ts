import { MINUTE_MS } from "../../domain/values/durations.ts";

/** Messages whose facts are loaded together, as they were known at `at`. */
export interface Slice<Item> {
  readonly at: Date;
  readonly items: readonly Item[];
}

/** The number of messages whose facts are loaded together. */
const MOST_ITEMS = 500;

/**
 * Divides messages into slices in order of time. Each distinct time is a separate slice if there are at most `most` of them.
 * Otherwise a slice covers some minutes, and its facts are those known at its last message: a fact that has a date is
 * still cut at the time of each message by the guard.
 */
export function slicesOf<Item extends { readonly at: Date }>(
  items: readonly Item[],
  most: number,
): { readonly minutes: number; readonly slices: readonly Slice<Item>[] } {
  const times = new Set(items.map(({ at }) => at.getTime()));
  const minutes = times.size <= most ? 0 : widthOf(times, most);
  const keyOf = ({ at }: Item): number =>
    minutes === 0 ? at.getTime() : Math.floor(at.getTime() / (minutes * MINUTE_MS));
  const groups = [...Map.groupBy(items, keyOf)].toSorted(([one], [other]) => one - other);
  return { minutes, slices: groups.flatMap(([, group]) => cut(group)) };
}

/** The least number of minutes with which there are at most `most` slices with messages. */
function widthOf(times: ReadonlySet<number>, most: number): number {
  let minutes = 1;
  const count = (width: number): number =>
    new Set([...times].map((time) => Math.floor(time / (width * MINUTE_MS)))).size;
  while (count(minutes) > most) minutes = Math.ceil(minutes * 1.25);
  return minutes;
}

function cut<Item extends { readonly at: Date }>(group: readonly Item[]): Slice<Item>[] {
  const inTime = group.toSorted((one, other) => one.at.getTime() - other.at.getTime());
  const slices: Slice<Item>[] = [];
  for (let from = 0; from < inTime.length; from += MOST_ITEMS) {
    const items = inTime.slice(from, from + MOST_ITEMS);
    slices.push({ at: items.at(-1)?.at ?? new Date(0), items });
  }
  return slices;
}
