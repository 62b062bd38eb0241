/** The only source of business time. Decisions take the time as an argument. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/** A clock that follows another clock. */
export interface SharedClock {
  readonly now: Clock;
  /** Updates the clock with the time that the other clock shows now. */
  readonly keepTo: (theirs: Date) => void;
}

/** A difference below this (ms) may be network delay. */
const TOLERATED_MS = 500;

/**
 * A clock that follows the database's clock, by which the queue runs its jobs. If our clock lagged behind, a job scheduled
 * for "in one minute" would already be due and run again at once.
 */
export function createSharedClock(own: Clock = systemClock): SharedClock {
  let ahead = 0;
  return {
    now: () => new Date(own().getTime() + ahead),
    keepTo(theirs) {
      const heard = theirs.getTime() - own().getTime();
      if (Math.abs(heard - ahead) > TOLERATED_MS) ahead = heard;
    },
  };
}
