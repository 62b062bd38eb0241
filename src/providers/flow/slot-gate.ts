import { openPace } from "./rate-limiter.ts";

/** Lets no more calls begin than a provider takes, at once and a second, and hands its free slots out in turn. */
export interface Gate {
  /**
   * Takes between one and `wanted` slots, or none when none came free in time. It waits a few milliseconds for a good
   * handful, so that what follows can be claimed in sets. Singles go before bulk, and a part of the slots is theirs:
   * a bulk of any size does not hold them up.
   */
  take(wanted: number, lane: Lane, patienceMs: number): Promise<number>;
  release(slots: number): void;
  /** The provider asks us to slow down: for a second nothing begins. */
  readonly rest: () => void;
}

export type Lane = "single" | "bulk";

export interface GateOptions {
  /** How many there are, asked anew each time. */
  readonly slots: () => number;
  /** Calls a second; no limit if not given. */
  readonly perSecond?: number | undefined;
}

interface Turn {
  readonly wanted: number;
  readonly lane: Lane;
  readonly granted: (slots: number) => void;
  patient: boolean;
  readonly timers: NodeJS.Timeout[];
}

/** How long a turn waits for a handful, once there is one slot. */
const HANDFUL_MS = 12;

/** A part of the slots is for singles only. */
const reservedFrom = (lane: Lane, all: number): number =>
  lane === "bulk" && all > 1 ? Math.ceil(all / 10) : 0;

export function openGate({ slots, perSecond }: GateOptions): Gate {
  const pace = openPace(perSecond, serve);
  const waiting: Record<Lane, Turn[]> = { single: [], bulk: [] };
  let taken = 0;

  function serve(): void {
    while (serveFirst("single") || serveFirst("bulk"));
  }

  function serveFirst(lane: Lane): boolean {
    const [turn] = waiting[lane];
    if (turn === undefined) return false;
    const all = slots();
    const open = Math.min(all - reservedFrom(lane, all) - taken, pace.allowed());
    const handful = Math.min(turn.wanted, Math.ceil(all / 2));
    if (open < (turn.patient ? handful : 1)) return false;
    grant(turn, Math.min(turn.wanted, open));
    return true;
  }

  function grant(turn: Turn, granted: number): void {
    waiting[turn.lane].splice(waiting[turn.lane].indexOf(turn), 1);
    for (const timer of turn.timers) clearTimeout(timer);
    taken += granted;
    pace.spend(granted);
    turn.granted(granted);
  }

  function settleForLess(turn: Turn): void {
    turn.patient = false;
    serve();
  }

  return {
    take: (wanted, lane, patienceMs) =>
      new Promise((granted) => {
        const turn: Turn = { wanted, lane, granted, patient: true, timers: [] };
        waiting[lane].push(turn);
        serve();
        if (!waiting[lane].includes(turn)) return;
        turn.timers.push(setTimeout(() => settleForLess(turn), HANDFUL_MS));
        turn.timers.push(setTimeout(() => grant(turn, 0), patienceMs));
      }),
    release(given) {
      taken -= given;
      serve();
    },
    rest: pace.rest,
  };
}
