/** Decides how many interactions' facts are loaded at once. */
export interface LoadSize {
  /** The size of the next set, from 1 to `most`. */
  next(most: number): number;
  /** Reports a load: how many interactions, and how long it took (ms). */
  loaded(interactions: number, tookMs: number): void;
}

/** A load that takes longer than this (ms) is slow. */
const SLOW_MS = 500;

interface Load {
  readonly interactions: number;
  readonly tookMs: number;
}

/**
 * Halves the size after a slow load and doubles it after a fast one, so that a few large cases delay few others. If a
 * set of another size took about as long, the size is not the cause: the database is far away, and small sets would
 * only mean more round trips.
 */
export function createLoadSize(): LoadSize {
  let size = Infinity;
  let lastSlow: Load | undefined;
  return {
    next: (most) => Math.max(1, Math.min(size, most)),
    loaded(interactions, tookMs) {
      const load = { interactions, tookMs };
      if (tookMs <= SLOW_MS) size *= 2;
      else if (lastSlow === undefined || !tookAsLong(load, lastSlow))
        size = Math.max(1, Math.floor(interactions / 2));
      else if (lastSlow.interactions !== interactions) size = Infinity;
      lastSlow = tookMs <= SLOW_MS ? undefined : load;
    },
  };
}

function tookAsLong(one: Load, other: Load): boolean {
  const ratio = one.tookMs / other.tookMs;
  return ratio > 3 / 4 && ratio < 4 / 3;
}
