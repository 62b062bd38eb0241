/** Stops a channel whose provider refuses ourselves: no message is spent on credentials that do not work. */
export interface Circuit {
  /** Until when it is open; undefined where a call may be tried. Uses up no probe. */
  openUntil(now: Date): Date | undefined;
  /** Closed: go on. Open: not before `until`. Probe: one call may try whether it works again. */
  pass(now: Date): Pass;
  /** Tells that the provider refused us; true when that was not known. */
  trip(now: Date): boolean;
  /** Tells that the provider took or judged a message; true when the circuit was open. */
  heal(): boolean;
}

export type Pass =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; readonly until: Date }
  | { readonly kind: "probe" };

const PROBE_EVERY_MS = 60_000;

export function openCircuit(probeEveryMs = PROBE_EVERY_MS): Circuit {
  let nextProbe: Date | undefined;
  const after = (now: Date): Date => new Date(now.getTime() + probeEveryMs);
  return {
    openUntil: (now) => (nextProbe !== undefined && now < nextProbe ? nextProbe : undefined),
    pass(now) {
      if (nextProbe === undefined) return { kind: "closed" };
      if (now < nextProbe) return { kind: "open", until: nextProbe };
      nextProbe = after(now);
      return { kind: "probe" };
    },
    trip(now) {
      const isNew = nextProbe === undefined;
      nextProbe = after(now);
      return isNew;
    },
    heal() {
      const wasOpen = nextProbe !== undefined;
      nextProbe = undefined;
      return wasOpen;
    },
  };
}
