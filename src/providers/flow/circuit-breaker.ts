import type { ChainId, InteractionId } from "../../domain/ids.ts";
import type { Blame } from "../../domain/provider-answer.ts";
import { type AnsweredCall, createRefusalAssessor } from "./refusal-assessor.ts";

/** Stops a channel while the provider refuses our credentials or sender, so that no message is spent on them. */
export interface CircuitBreaker {
  /** The time until which it is open; undefined if a call may be tried. Does not use up the probe. */
  openUntil(now: Date): Date | undefined;
  /**
   * Closed: continue. Open: not before `until`. Probe: one call may test whether the provider accepts messages again.
   */
  pass(now: Date): Pass;
  /**
   * Judges whether the result of a call is about us or about the message, and opens or closes the breaker accordingly.
   * A refusal that may be about either is assessed by the answers to other calls, for up to `waitMs`.
   */
  assess(call: AnsweredCall, now: Date): Promise<Assessment>;
}

export type Pass =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; readonly until: Date }
  | { readonly kind: "probe" };

export interface Assessment {
  readonly blame: Blame;
  /** Set if the call changed the breaker: it stopped the channel or started it again. */
  readonly changedTo: "open" | "closed" | null;
  /** Interactions whose refusals were attributed to their recipients before it was clear that they are about us. */
  readonly misjudged: readonly InteractionId[];
}

export interface CircuitBreakerOptions {
  readonly probeEveryMs?: number;
  readonly waitMs?: number;
}

const PROBE_EVERY_MS = 60_000;
const WAIT_MS = 1_000;
/** A message that opened the breaker this often, while others were accepted afterwards, is itself the cause. */
const FALSE_ALARMS = 2;
/** The number of messages that are remembered. */
const REMEMBERED = 10_000;

export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { probeEveryMs = PROBE_EVERY_MS, waitMs = WAIT_MS } = options;
  const state = createSwitch(probeEveryMs);
  const suspects = createSuspects();
  const refusals = createRefusalAssessor(waitMs);
  /** Opened by refusals that do not name a fault of ours, the breaker closes only when a message is accepted. */
  let needsAcceptance = false;

  function blameUs({ chainId }: AnsweredCall, now: Date): Assessment {
    suspects.add(chainId);
    return { ...OURS, changedTo: state.open(now) };
  }

  function close(): "closed" | null {
    suspects.clear();
    needsAcceptance = false;
    return state.close();
  }

  async function assessRefusal(call: AnsweredCall, now: Date): Promise<Assessment> {
    const isProbe = state.isOpen();
    const { blame, misjudged } = await refusals.assess(call);
    // a refusal of the message itself shows that the provider accepts our credentials again
    if (blame === "message")
      return { ...MESSAGE, changedTo: isProbe && !needsAcceptance ? close() : null };
    needsAcceptance = true;
    return { ...blameUs(call, now), misjudged };
  }

  return {
    openUntil: state.openUntil,
    pass: state.pass,
    async assess(call, now) {
      const { answer, chainId } = call;
      if (answer.kind === "accepted") {
        refusals.clear();
        return { ...MESSAGE, changedTo: close() };
      }
      if (answer.kind === "limited" && answer.limit === "quota")
        return { ...MESSAGE, changedTo: state.open(now) };
      if (suspects.isMessageSpecific(chainId)) return MESSAGE;
      if (answer.kind === "misconfigured") return blameUs(call, now);
      return answer.kind === "refused" ? assessRefusal(call, now) : MESSAGE;
    },
  };
}

const MESSAGE: Assessment = { blame: "message", changedTo: null, misjudged: [] };
const OURS: Assessment = { blame: "us", changedTo: null, misjudged: [] };

interface Suspects {
  add(chainId: ChainId): void;
  /**
   * True if the message opened the breaker before, and others were accepted after each time. An example is one
   * recipient for whom the server denies relaying. Without this check it would stop all others again and again, a
   * minute at a time.
   */
  isMessageSpecific(chainId: ChainId): boolean;
  /** The channel works, so the messages that opened the breaker were false alarms. */
  clear(): void;
}

function createSuspects(): Suspects {
  const suspected = new Set<ChainId>();
  const falseAlarms = new Map<ChainId, number>();
  return {
    add: (chainId) => void suspected.add(chainId),
    isMessageSpecific: (chainId) => (falseAlarms.get(chainId) ?? 0) >= FALSE_ALARMS,
    clear() {
      if (falseAlarms.size > REMEMBERED) falseAlarms.clear();
      for (const chainId of suspected)
        falseAlarms.set(chainId, (falseAlarms.get(chainId) ?? 0) + 1);
      suspected.clear();
    },
  };
}

interface Switch extends Pick<CircuitBreaker, "openUntil" | "pass"> {
  isOpen(): boolean;
  /** Opens the breaker at least until the next probe. "open" if it was closed. */
  open(now: Date): "open" | null;
  /** Closes the breaker. "closed" if it was open. */
  close(): "closed" | null;
}

function createSwitch(probeEveryMs: number): Switch {
  let nextProbe: Date | undefined;
  const after = (now: Date): Date => new Date(now.getTime() + probeEveryMs);
  return {
    isOpen: () => nextProbe !== undefined,
    openUntil: (now) => (nextProbe !== undefined && now < nextProbe ? nextProbe : undefined),
    pass(now) {
      if (nextProbe === undefined) return { kind: "closed" };
      if (now < nextProbe) return { kind: "open", until: nextProbe };
      nextProbe = after(now);
      return { kind: "probe" };
    },
    open(now) {
      const wasClosed = nextProbe === undefined;
      nextProbe = after(now);
      return wasClosed ? "open" : null;
    },
    close() {
      const wasOpen = nextProbe !== undefined;
      nextProbe = undefined;
      return wasOpen ? "closed" : null;
    },
  };
}
