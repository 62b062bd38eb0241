/** Stops a channel whose provider refuses ourselves: no message is spent on credentials that do not work. */
export interface Circuit {
  /** Until when it is open; undefined where a call may be tried. Uses up no probe. */
  openUntil(now: Date): Date | undefined;
  /** Closed: go on. Open: not before `until`. Probe: one call may try whether it works again. */
  pass(now: Date): Pass;
  /** Tells that the provider refused us over a message, named by its id; true when that was not known. */
  trip(now: Date, message: string): boolean;
  /**
   * Whether the fault is with that message: it has stopped the channel twice, and each time others were taken afterwards. A
   * relay that will not have one recipient would otherwise stop all the others, a minute at a time and for ever.
   */
  isAlone(message: string): boolean;
  /** Tells that the provider took or judged a message; true when the circuit was open. */
  heal(): boolean;
}

export type Pass =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; readonly until: Date }
  | { readonly kind: "probe" };

const PROBE_EVERY_MS = 60_000;
/** So often a message stops the channel. */
const TIMES = 2;
/** How many messages are remembered. */
const REMEMBERED = 10_000;

export function openCircuit(probeEveryMs = PROBE_EVERY_MS): Circuit {
  let nextProbe: Date | undefined;
  const accused = new Set<string>();
  const refuted = new Map<string, number>();
  const after = (now: Date): Date => new Date(now.getTime() + probeEveryMs);
  return {
    openUntil: (now) => (nextProbe !== undefined && now < nextProbe ? nextProbe : undefined),
    pass(now) {
      if (nextProbe === undefined) return { kind: "closed" };
      if (now < nextProbe) return { kind: "open", until: nextProbe };
      nextProbe = after(now);
      return { kind: "probe" };
    },
    trip(now, message) {
      accused.add(message);
      const isNew = nextProbe === undefined;
      nextProbe = after(now);
      return isNew;
    },
    isAlone: (message) => (refuted.get(message) ?? 0) >= TIMES,
    heal() {
      if (refuted.size > REMEMBERED) refuted.clear();
      for (const message of accused) refuted.set(message, (refuted.get(message) ?? 0) + 1);
      accused.clear();
      const wasOpen = nextProbe !== undefined;
      nextProbe = undefined;
      return wasOpen;
    },
  };
}
