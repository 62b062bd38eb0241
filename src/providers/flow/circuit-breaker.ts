import type { Blame } from "../../domain/provider-answer.ts";
import { type AnsweredCall, createRefusalJudge } from "./refusal-judge.ts";

/** Stops a channel whose provider refuses us: no message is spent on credentials that do not work. */
export interface CircuitBreaker {
  /** Until when it is open; undefined where a call may be tried. Uses up no probe. */
  openUntil(now: Date): Date | undefined;
  /** Closed: continue. Open: not before `until`. Probe: one call may test whether the provider takes messages again. */
  pass(now: Date): Pass;
  /**
   * Judges whose fault the end of a call is, and opens or closes the breaker by it. A refusal that may be ours or the
   * recipient's is judged by the answers of other calls, for up to `waitMs`.
   */
  judge(call: AnsweredCall, now: Date): Promise<Judgement>;
}

export type Pass =
  | { readonly kind: "closed" }
  | { readonly kind: "open"; readonly until: Date }
  | { readonly kind: "probe" };

export interface Judgement {
  readonly blame: Blame;
  /** The call changed the breaker: it stopped the channel, or the channel sends again. */
  readonly turned: "open" | "closed" | null;
  /** Interactions whose refusals were put down to their recipients before it was clear that they are about us. */
  readonly misjudged: readonly string[];
}

export interface CircuitBreakerOptions {
  readonly probeEveryMs?: number;
  readonly waitMs?: number;
}

const PROBE_EVERY_MS = 60_000;
const WAIT_MS = 1_000;
/** A message that stopped the channel so often, while others were accepted afterwards, is refused for itself. */
const FALSE_ALARMS = 2;
/** How many messages are remembered. */
const REMEMBERED = 10_000;

export function createCircuitBreaker(options: CircuitBreakerOptions = {}): CircuitBreaker {
  const { probeEveryMs = PROBE_EVERY_MS, waitMs = WAIT_MS } = options;
  const state = createSwitch(probeEveryMs);
  const suspects = createSuspects();
  const refusals = createRefusalJudge(waitMs);
  /** Opened by refusals that name no cause of ours, it closes only when a message is accepted. */
  let needsAcceptance = false;

  function blameUs({ chainId }: AnsweredCall, now: Date): Judgement {
    suspects.add(chainId);
    return { ...OURS, turned: state.open(now) };
  }

  function close(): "closed" | null {
    suspects.clear();
    needsAcceptance = false;
    return state.close();
  }

  async function judgeRefusal(call: AnsweredCall, now: Date): Promise<Judgement> {
    const isProbe = state.isOpen();
    const { blame, misjudged } = await refusals.judge(call);
    // a refusal of the message itself shows that the provider listens to us again
    if (blame === "message")
      return { ...MESSAGE, turned: isProbe && !needsAcceptance ? close() : null };
    needsAcceptance = true;
    return { ...blameUs(call, now), misjudged };
  }

  return {
    openUntil: state.openUntil,
    pass: state.pass,
    async judge(call, now) {
      const { answer, chainId } = call;
      if (answer.kind === "accepted") {
        refusals.clear();
        return { ...MESSAGE, turned: close() };
      }
      if (answer.kind === "limited" && answer.limit === "quota")
        return { ...MESSAGE, turned: state.open(now) };
      if (suspects.isMessageSpecific(chainId)) return MESSAGE;
      if (answer.kind === "misconfigured") return blameUs(call, now);
      return answer.kind === "refused" ? judgeRefusal(call, now) : MESSAGE;
    },
  };
}

const MESSAGE: Judgement = { blame: "message", turned: null, misjudged: [] };
const OURS: Judgement = { blame: "us", turned: null, misjudged: [] };

interface Suspects {
  add(chainId: string): void;
  /**
   * The message stopped the channel before, and each time others were accepted afterwards: such as one recipient for whom
   * the server denies relaying. It would otherwise stop all others, a minute at a time and without end.
   */
  isMessageSpecific(chainId: string): boolean;
  /** The channel works: what stopped it was a false alarm. */
  clear(): void;
}

function createSuspects(): Suspects {
  const suspected = new Set<string>();
  const falseAlarms = new Map<string, number>();
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
  /** Until the next probe at least. "open" if it was closed. */
  open(now: Date): "open" | null;
  /** "closed" if it was open. */
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
