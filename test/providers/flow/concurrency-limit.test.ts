import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { EmailMessage } from "../../../src/domain/deliver/message.ts";
import type { ProviderAnswer } from "../../../src/domain/provider-answer.ts";
import {
  limitConcurrency,
  type LimitedProvider,
} from "../../../src/providers/flow/concurrency-limit.ts";
import { destinationOf } from "../../../src/providers/flow/destinations.ts";
import { email, text } from "../messages.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

const ACCEPTED: ProviderAnswer = {
  kind: "accepted",
  status: "attempted",
  statusDetails: "emailSent",
  messageId: null,
  evidence: { provider: "x", durationMs: 0 },
};
const TOO_MANY: ProviderAnswer = {
  kind: "limited",
  limit: "connections",
  retryAfterMs: null,
  evidence: { provider: "x", durationMs: 0 },
};

/** A call begins in a later turn of the event loop. */
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

interface Calls extends LimitedProvider<EmailMessage> {
  /** The calls that have begun and not ended, by recipient. */
  readonly open: Map<string, (answer: ProviderAnswer) => void>;
  send(to: string): Promise<ProviderAnswer>;
  answer(to: string, answer?: ProviderAnswer): Promise<void>;
}

/** A provider whose calls the test ends. */
function openCalls(slots: number): Calls {
  const open = new Map<string, (answer: ProviderAnswer) => void>();
  const limited = limitConcurrency<EmailMessage>({
    name: "x",
    slots,
    send: ({ to }) => new Promise((answer) => open.set(to, answer)),
    close: async () => {},
  });
  return {
    ...limited,
    open,
    send: (to) => limited.provider.send(email({ to })),
    async answer(to, answer = ACCEPTED) {
      open.get(to)?.(answer);
      open.delete(to);
      await turn();
    },
  };
}

/** Answers so many calls to a domain, each after `ms`, so that it is known. */
async function warmUp(calls: Calls, domain: string, count: number, ms: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    const sending = calls.send(`warm@${domain}`);
    await turn();
    vi.advanceTimersByTime(ms);
    await calls.answer(`warm@${domain}`);
    await sending;
  }
}

describe("messages that may be claimed", () => {
  test("are one behind every call while calls are slow", async () => {
    const calls = openCalls(10);
    expect(calls.claimBudget()).toBe(20);
    await warmUp(calls, "example.com", 20, 80);
    expect(calls.claimBudget()).toBe(20);
  });

  test("are two behind every call of 50 ms", async () => {
    const calls = openCalls(10);
    await warmUp(calls, "example.com", 60, 50);
    expect(calls.claimBudget()).toBe(30);
  });

  test("are more when calls are quick, and never more than nine", async () => {
    const calls = openCalls(10);
    await warmUp(calls, "example.com", 20, 2);
    expect(calls.claimBudget()).toBeGreaterThan(40);
    await warmUp(calls, "example.com", 100, 0);
    expect(calls.claimBudget()).toBe(100);
  });

  test("are enough while more wait for a call than are sent in the time of a claim", async () => {
    const calls = openCalls(10);
    for (const domain of ["a.example", "b.example"]) await warmUp(calls, domain, 60, 50);
    const send = (n: number): void => void calls.send(`${n}@${n % 2 === 0 ? "a" : "b"}.example`);
    for (let n = 0; n < 14; n += 1) send(n);
    expect(calls.hasEnoughClaimed()).toBe(false);
    for (let n = 14; n < 17; n += 1) send(n);
    await turn();
    expect(calls.hasEnoughClaimed()).toBe(true);
    for (let n = 0; n < 4; n += 1) await calls.answer(`${n}@${n % 2 === 0 ? "a" : "b"}.example`);
    expect(calls.hasEnoughClaimed()).toBe(false);
  });

  test("are not enough if those that wait go to a destination that has all its calls", async () => {
    const calls = openCalls(10);
    await warmUp(calls, "a.example", 60, 50);
    for (let n = 0; n < 30; n += 1) void calls.send(`${n}@a.example`);
    await turn();
    expect(calls.open.size).toBe(9);
    expect(calls.hasEnoughClaimed()).toBe(false);
  });

  test("are few for a destination that has not answered yet, and fewer for one that answers late", async () => {
    const calls = openCalls(10);
    const mostClaims = (name: string, of: number): number =>
      calls.destinations.mostClaims(name, of);
    expect(mostClaims("new.example", 100)).toBe(4);
    await warmUp(calls, "example.com", 20, 60);
    expect(mostClaims("example.com", 20)).toBe(18);
    for (const most of [4, 2, 1, 1]) {
      await warmUp(calls, "example.com", 1, 30_000);
      expect(mostClaims("example.com", 20)).toBe(most);
    }
  });
});

describe("a destination", () => {
  test("is a domain, or the country and area of a number", () => {
    expect(destinationOf(email({ to: "Pat@Example.COM" }))).toBe("example.com");
    expect(destinationOf(email({ to: '"a@b"@example.org' }))).toBe("example.org");
    expect(destinationOf(text({ to: "+16145550123" }))).toBe("+1614");
  });

  test("begins with two calls, and gets one more with each answer, but never all", async () => {
    const calls = openCalls(10);
    for (let n = 0; n < 20; n += 1) void calls.send(`${n}@example.com`);
    await turn();
    expect([...calls.open.keys()]).toEqual(["0@example.com", "1@example.com"]);
    await calls.answer("0@example.com");
    expect(calls.open.size).toBe(3);
    for (let n = 1; n < 10; n += 1) await calls.answer(`${n}@example.com`);
    await turn();
    expect(calls.open.size).toBe(9);
  });

  test("that hangs holds its own calls only, from the first on", async () => {
    const calls = openCalls(4);
    for (let n = 0; n < 5; n += 1) void calls.send(`${n}@hangs.example`);
    await turn();
    expect(calls.open.size).toBe(2);
    await warmUp(calls, "fine.example", 3, 5);
    for (let n = 0; n < 5; n += 1) void calls.send(`${n}@fine.example`);
    await turn();
    expect([...calls.open.keys()].filter((to) => to.endsWith("@fine.example"))).toHaveLength(2);
  });

  test("that hangs after it was fine leaves a call to the others, and has fewer with each late answer", async () => {
    const calls = openCalls(10);
    await warmUp(calls, "example.com", 20, 5);
    for (let n = 0; n < 30; n += 1) void calls.send(`${n}@example.com`);
    await turn();
    await turn();
    expect(calls.open.size).toBe(9);
    void calls.send("1@fine.example");
    await turn();
    expect(calls.open.has("1@fine.example")).toBe(true);
    vi.advanceTimersByTime(30_000);
    expect(calls.destinations.hangs("example.com")).toBe(true);
    for (let n = 0; n < 9; n += 1) await calls.answer(`${n}@example.com`);
    expect([...calls.open.keys()]).toEqual(["1@fine.example", "9@example.com"]);
    // an answer in time shows that it works again
    await calls.answer("9@example.com");
    expect(calls.destinations.stateOf("example.com")).toBe("proven");
    expect(calls.open.size).toBeGreaterThan(2);
  });

  test("does not hang for one call that does, while others are answered", async () => {
    const calls = openCalls(10);
    await warmUp(calls, "example.com", 20, 5);
    void calls.send("odd@example.com");
    await turn();
    vi.advanceTimersByTime(20_000);
    await warmUp(calls, "example.com", 2, 5);
    for (let n = 0; n < 20; n += 1) void calls.send(`${n}@example.com`);
    await turn();
    expect(calls.destinations.hangs("example.com")).toBe(false);
    await turn();
    expect(calls.open.size).toBe(9);
  });

  test("is not late where all calls take as long", async () => {
    const calls = openCalls(10);
    await warmUp(calls, "example.com", 60, 5_000);
    expect(calls.destinations.stateOf("example.com")).toBe("proven");
    expect(calls.destinations.mostClaims("example.com", 20)).toBe(18);
  });

  test("has the only call there is", async () => {
    const calls = openCalls(1);
    for (const to of ["1@example.com", "2@example.com"]) void calls.send(to);
    await turn();
    expect([...calls.open.keys()]).toEqual(["1@example.com"]);
  });

  test("that is not known leaves a quarter of the calls to those that are", async () => {
    const calls = openCalls(8);
    await warmUp(calls, "fine.example", 10, 5);
    for (let n = 0; n < 30; n += 1) void calls.send(`pat@new-${n}.example`);
    await turn();
    expect(calls.open.size).toBe(6);
    for (let n = 0; n < 10; n += 1) void calls.send(`${n}@fine.example`);
    await turn();
    expect(calls.open.size).toBe(8);
  });

  test("that was late shares a quarter of the calls with all others that were", async () => {
    const calls = openCalls(8);
    for (let n = 0; n < 5; n += 1) await warmUp(calls, `hangs-${n}.example`, 1, 30_000);
    for (let n = 0; n < 5; n += 1) void calls.send(`pat@hangs-${n}.example`);
    for (let n = 0; n < 9; n += 1) void calls.send(`pat@new-${n}.example`);
    await turn();
    expect([...calls.open.keys()].filter((to) => to.includes("hangs"))).toHaveLength(2);
    expect(calls.open.size).toBe(6);
  });
});

describe("a provider that allows fewer calls at once", () => {
  test("gets one fewer with each complaint, down to what it allows, and one more after minutes of peace", async () => {
    const calls = openCalls(10);
    for (let n = 0; n < 30; n += 1) await warmUp(calls, `${n}.example`, 1, 5);
    for (let n = 0; n < 10; n += 1) void calls.send(`pat@${n}.example`);
    await turn();
    expect(calls.open.size).toBe(10);
    for (let n = 3; n < 10; n += 1) await calls.answer(`pat@${n}.example`, TOO_MANY);
    for (let n = 10; n < 30; n += 1) void calls.send(`pat@${n}.example`);
    await turn();
    expect(calls.open.size).toBe(3);
    await calls.answer("pat@0.example");
    expect(calls.open.size).toBe(3);
    vi.advanceTimersByTime(301_000);
    await calls.answer("pat@1.example");
    expect(calls.open.size).toBe(4);
  });

  test("always gets one", async () => {
    const calls = openCalls(2);
    for (let n = 0; n < 5; n += 1) {
      void calls.send(`pat@${n}.example`);
      await turn();
      await calls.answer(`pat@${n}.example`, TOO_MANY);
    }
    for (const name of ["a", "b"]) void calls.send(`pat@${name}.example`);
    await turn();
    expect(calls.open.size).toBe(1);
  });
});
