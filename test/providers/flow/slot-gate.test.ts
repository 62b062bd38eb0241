import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import type { TextMessage } from "../../../src/domain/message.ts";
import type { Lane } from "../../../src/domain/jobs.ts";
import {
  createSlotGate,
  type Lease,
  type SlotGate,
} from "../../../src/providers/flow/slot-gate.ts";
import { limitCalls, type Limited } from "../../../src/providers/flow/concurrency-limit.ts";
import { text } from "../messages.ts";

const answered = {
  kind: "accepted",
  status: "attempted",
  statusDetails: "textQueued",
  messageId: null,
  evidence: { provider: "x", durationMs: 0 },
} as const;

describe("calls that wait behind those under way", () => {
  const openCalls = (callMs: number): Limited<TextMessage> =>
    limitCalls({
      name: "x",
      slots: 10,
      send: () => sleep(callMs, answered),
      close: async () => {},
    });

  test("are one for every call under way while calls take their time", async () => {
    const { provider, ahead } = openCalls(60);
    expect(ahead()).toBe(20);
    await Promise.all(Array.from({ length: 20 }, () => provider.send(text())));
    expect(ahead()).toBe(20);
  });

  test("are more when calls are quick, and never more than nine", async () => {
    const { provider, ahead } = openCalls(0);
    for (let n = 0; n < 10; n += 1)
      await Promise.all(Array.from({ length: 10 }, () => provider.send(text())));
    expect(ahead()).toBeGreaterThan(40);
    expect(ahead()).toBeLessThanOrEqual(100);
  });
});

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
    expect(await take(gate, 1, "single", 20)).toHaveLength(0);
    const next = take(gate, 1, "single", 500);
    await giveBack(held);
    expect(await next).toHaveLength(1);
  });

  test("takes a slot back once, however often its lease is disposed of", async () => {
    const gate = createSlotGate({ slots: () => 2 });
    const [first, second] = await take(gate, 2, "single", 50);
    for (const lease of [first, first, first]) if (lease) await giveBack([lease]);
    expect(await take(gate, 3, "single", 50)).toHaveLength(1);
    expect(second).toBeDefined();
  });

  test("lets nothing begin for a second after the provider asked to slow down, and then goes on by itself", async () => {
    const gate = createSlotGate({ slots: () => 10 });
    gate.backOff();
    gate.backOff();
    expect(await take(gate, 1, "single", 50)).toHaveLength(0);
    const began = performance.now();
    expect(await take(gate, 1, "single", 5_000)).toHaveLength(1);
    expect(performance.now() - began).toBeGreaterThan(800);
    expect(await take(gate, 1, "single", 50)).toHaveLength(1);
  });

  test("keeps a part for singles however much a bulk wants, and serves them first", async () => {
    const gate = createSlotGate({ slots: () => 10 });
    const held = await take(gate, 100, "bulk", 50);
    expect(held).toHaveLength(9);
    const order: string[] = [];
    const bulk = take(gate, 9, "bulk", 500).then(() => order.push("bulk"));
    expect(await take(gate, 1, "single", 500)).toHaveLength(1);
    const single = take(gate, 1, "single", 500).then(() => order.push("single"));
    await giveBack(held);
    await Promise.all([bulk, single]);
    expect(order).toEqual(["single", "bulk"]);
  });

  test("gives out what is left when most calls hang", async () => {
    const gate = createSlotGate({ slots: () => 8 });
    await take(gate, 7, "single", 50);
    expect(await take(gate, 8, "single", 500)).toHaveLength(1);
  });

  test("never lets more begin in a second than the pace allows, beyond the first second's worth", async () => {
    const gate = createSlotGate({ slots: () => 100, perSecond: 20 });
    const began = performance.now();
    let taken = 0;
    while (performance.now() - began < 600) {
      const leases = await take(gate, 100, "single", 50);
      await giveBack(leases);
      taken += leases.length;
    }
    const elapsed = (performance.now() - began) / 1_000;
    expect(taken).toBeGreaterThanOrEqual(24);
    expect(taken).toBeLessThanOrEqual(20 + Math.ceil(20 * elapsed) + 1);
  });

  test("does not lose slots over many turns", async () => {
    const gate = createSlotGate({ slots: () => 5 });
    const turn = async (n: number): Promise<void> => {
      const leases = await take(gate, 1 + (n % 7), n % 2 === 0 ? "bulk" : "single", 200);
      await sleep(n % 3);
      await giveBack(leases);
    };
    await Promise.all(Array.from({ length: 200 }, (_, n) => turn(n)));
    expect(await take(gate, 10, "single", 50)).toHaveLength(5);
  });
});
