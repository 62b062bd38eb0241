/** Business time. Everything that decides takes it as an argument; this is its only source. */
export type Clock = () => Date;

export const systemClock: Clock = () => new Date();

/** A clock that keeps to another one's time. */
export interface SharedClock {
  readonly now: Clock;
  /** Tells what the other one shows at this moment. */
  readonly keepTo: (theirs: Date) => void;
}

/** Less than this may be the way there and back. */
const TOLERATED_MS = 500;

/**
 * A clock kept to the database's, by which the queue runs its jobs. By a clock that is behind it, "in a minute" is over
 * already: what is told to wait would be run again and again, and a provider that asks for patience be asked at once.
 */
export function openSharedClock(own: Clock = systemClock): SharedClock {
  let ahead = 0;
  return {
    now: () => new Date(own().getTime() + ahead),
    keepTo(theirs) {
      const heard = theirs.getTime() - own().getTime();
      if (Math.abs(heard - ahead) > TOLERATED_MS) ahead = heard;
    },
  };
}
