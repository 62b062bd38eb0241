import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Lane } from "../../../src/domain/jobs.ts";
import {
  createSlotGate,
  type Lease,
  type SlotGate,
} from "../../../src/providers/flow/slot-gate.ts";
import type { Message } from "../../../src/domain/deliver/message.ts";
import { email, text } from "../messages.ts";

// the tests turn the clock, so no wait depends on the machine
beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout"] }));
afterEach(() => void vi.useRealTimers());

/** Advances the clock by this many ms, with every timer in between. */
async function pass<Result>(ms: number, during: Promise<Result>): Promise<Result> {
  await vi.advanceTimersByTimeAsync(ms);
  return during;
}

const take = async (
  gate: SlotGate,
  wanted: number,
  lane: Lane,
  waitMs: number,
): Promise<Lease[]> => [
  ...(
    await gate.lease(
      Array.from({ length: wanted }, () => text()),
      lane,
      waitMs,
    )
  ).values(),
];

const giveBack = (leases: readonly Lease[]): Promise<void[]> =>
  Promise.all(leases.map((lease) => lease[Symbol.asyncDispose]()));

describe("the slot gate", () => {
  test("leases what is free at once, to the first of those that want it", async () => {
    const gate = createSlotGate({ slots: () => 10 });
    expect(await take(gate, 4, "single", 50)).toHaveLength(4);
    const messages = Array.from({ length: 100 }, () => text());
    const leases = await gate.lease(messages, "single", 50);
    expect([...leases.keys()]).toEqual(messages.slice(0, 6));
  });

  test("leases nothing when nothing comes free in time, and later takers are not confused by it", async () => {
    const gate = createSlotGate({ slots: () => 1 });
    const held = await take(gate, 1, "single", 50);
    expect(held).toHaveLength(1);
    expect(await pass(20, take(gate, 1, "single", 20))).toHaveLength(0);
    const next = take(gate, 1, "single", 500);
    await giveBack(held);
    expect(await next).toHaveLength(1);
  });

  test("takes a slot back once, however often its lease is disposed of", async () => {
    const gate = createSlotGate({ slots: () => 2 });
    const [first, second] = await take(gate, 2, "single", 50);
    for (const lease of [first, first, first]) if (lease) await giveBack([lease]);
    expect(await pass(50, take(gate, 3, "single", 50))).toHaveLength(1);
    expect(second).toBeDefined();
  });

  test("lets nothing begin for a second after the provider asked to slow down, and then continues", async () => {
    const gate = createSlotGate({ slots: () => 10 });
    gate.backOff();
    gate.backOff();
    expect(await pass(999, take(gate, 1, "single", 999))).toHaveLength(0);
    expect(await pass(1, take(gate, 1, "single", 5_000))).toHaveLength(1);
    expect(await take(gate, 1, "single", 50)).toHaveLength(1);
  });

  test("keeps a part for singles however much a bulk wants, and serves them first", async () => {
    const gate = createSlotGate({ slots: () => 10 });
    const held = await pass(50, take(gate, 100, "bulk", 50));
    expect(held).toHaveLength(9);
    const order: string[] = [];
    const bulk = take(gate, 9, "bulk", 500).then(() => order.push("bulk"));
    expect(await take(gate, 1, "single", 500)).toHaveLength(1);
    const single = take(gate, 1, "single", 500).then(() => order.push("single"));
    await giveBack(held);
    await Promise.all([bulk, single]);
    expect(order).toEqual(["single", "bulk"]);
  });

  test("leases the remaining slots when most calls hang", async () => {
    const gate = createSlotGate({ slots: () => 8 });
    await take(gate, 7, "single", 50);
    expect(await pass(500, take(gate, 8, "single", 500))).toHaveLength(1);
  });

  test("leases a batch also to a waiter that has stood in line for long, because its wait for a batch begins with a free slot", async () => {
    const gate = createSlotGate({ slots: () => 10 });
    const held = await take(gate, 10, "single", 50);
    const next = take(gate, 10, "single", 5_000);
    await pass(1_000, Promise.resolve());
    await giveBack(held.slice(0, 1));
    await pass(10, Promise.resolve());
    await giveBack(held.slice(1, 5));
    expect(await next).toHaveLength(5);
  });

  test("waits for a batch again after another waiter has taken the free slots", async () => {
    const gate = createSlotGate({ slots: () => 10 });
    const held = await pass(50, take(gate, 9, "bulk", 50));
    const last = await take(gate, 1, "single", 50);
    const next = take(gate, 9, "bulk", 5_000);
    await giveBack(held.slice(0, 2));
    const [taken, single] = [await take(gate, 1, "single", 50), await take(gate, 1, "single", 50)];
    await pass(500, Promise.resolve());
    await giveBack([...last, ...taken]);
    await giveBack(single);
    await giveBack(held.slice(2, 5));
    expect(await next).toHaveLength(5);
  });

  test("waits a few milliseconds for more slots once one is free, and then leases that one", async () => {
    const gate = createSlotGate({ slots: () => 10 });
    const held = await take(gate, 10, "single", 50);
    const next = take(gate, 10, "single", 5_000);
    await pass(1_000, Promise.resolve());
    await giveBack(held.slice(0, 1));
    expect(await pass(12, next)).toHaveLength(1);
  });

  test("waits for a batch while the calls have messages, and leases what is free once they have few", async () => {
    let enough = true;
    const gate = createSlotGate({ slots: () => 10, hasEnoughClaimed: () => enough });
    const held = await take(gate, 10, "single", 50);
    let leased = 0;
    const next = take(gate, 10, "single", 5_000).then((leases) => (leased = leases.length));
    await giveBack(held.slice(0, 2));
    await pass(100, Promise.resolve());
    expect(leased).toBe(0);
    enough = false;
    expect(await pass(12, next)).toBe(2);
  });

  test("leases what is free when the wait ends, although it is less than a batch", async () => {
    const gate = createSlotGate({ slots: () => 10 });
    const held = await take(gate, 10, "single", 50);
    const next = take(gate, 10, "single", 100);
    await pass(95, Promise.resolve());
    await giveBack(held.slice(0, 1));
    expect(await pass(5, next)).toHaveLength(1);
  });

  test("never lets more begin in a second than the pace allows, beyond the first second's worth", async () => {
    const gate = createSlotGate({ slots: () => 100, perSecond: 20 });
    const taken: number[] = [];
    for (let round = 0; round < 12; round += 1) {
      const leases = await pass(50, take(gate, 100, "single", 50));
      await giveBack(leases);
      taken.push(leases.length);
    }
    // the first second's 20, and then one in 50 ms
    expect(taken).toEqual([20, ...Array.from({ length: 11 }, () => 1)]);
  });

  test("does not lose slots over many turns", async () => {
    const gate = createSlotGate({ slots: () => 5 });
    const turn = async (n: number): Promise<void> => {
      const leases = await take(gate, 1 + (n % 7), n % 2 === 0 ? "bulk" : "single", 200);
      await new Promise((later) => setTimeout(later, n % 3));
      await giveBack(leases);
    };
    await pass(60_000, Promise.all(Array.from({ length: 200 }, (_, n) => turn(n))));
    expect(await pass(50, take(gate, 10, "single", 50))).toHaveLength(5);
  });
});

describe("a destination that hangs", () => {
  const hanging = new Set(["hangs.example"]);
  const gateWith = (slots: number, most: (destination: string) => number): SlotGate =>
    createSlotGate({
      slots: () => slots,
      destinations: {
        mostClaims: most,
        stateOf: (destination) => (hanging.has(destination) ? "late" : "proven"),
        hangs: (destination) => hanging.has(destination),
      },
    });
  const mailTo = (domain: string, count: number): Message[] =>
    Array.from({ length: count }, (_, n) => email({ to: `pat.${n}@${domain}` }));

  test("gets no more than its share, and what is behind it in the set is leased", async () => {
    const gate = gateWith(10, (destination) => (destination === "hangs.example" ? 1 : 10));
    const messages = [...mailTo("hangs.example", 5), ...mailTo("fine.example", 5)];
    const leases = await pass(50, gate.lease(messages, "single", 50));
    expect([...leases.keys()]).toEqual([messages[0], ...messages.slice(5)]);
  });

  test("makes no other destination wait behind its turn", async () => {
    const gate = gateWith(10, () => 1);
    await gate.lease(mailTo("slow.example", 1), "single", 50);
    const first = gate.lease(mailTo("slow.example", 3), "single", 5_000);
    const leases = await gate.lease(mailTo("fine.example", 1), "single", 5_000);
    expect(leases.size).toBe(1);
    for (const lease of leases.values()) await lease[Symbol.asyncDispose]();
    void first;
  });

  test("is answered at once when it has all it may have", async () => {
    const gate = gateWith(10, () => 1);
    await gate.lease(mailTo("hangs.example", 1), "single", 50);
    // the clock does not advance, so an answer that needed a timer would never come
    expect((await gate.lease(mailTo("hangs.example", 3), "single", 60_000)).size).toBe(0);
  });

  test("shares a quarter of the slots with all others that hang", async () => {
    const names = Array.from({ length: 20 }, (_, n) => `hangs-${n}.example`);
    for (const name of names) hanging.add(name);
    const gate = gateWith(12, () => 1);
    const messages = names.flatMap((name) => mailTo(name, 1));
    expect((await pass(50, gate.lease(messages, "single", 50))).size).toBe(3);
    expect((await pass(50, gate.lease(messages, "single", 50))).size).toBe(0);
    expect((await pass(50, gate.lease(mailTo("fine.example", 1), "single", 50))).size).toBe(1);
  });

  test("has its share again once its lease is given back", async () => {
    const gate = gateWith(10, () => 1);
    const [held] = (await gate.lease(mailTo("hangs.example", 1), "single", 50)).values();
    if (held) await giveBack([held]);
    expect((await pass(50, gate.lease(mailTo("hangs.example", 2), "single", 50))).size).toBe(1);
  });
});
