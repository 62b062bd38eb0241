import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openCircuit } from "../../../src/providers/flow/circuit-breaker.ts";
import type { TextMessage } from "../../../src/domain/message.ts";
import { openGate } from "../../../src/providers/flow/slot-gate.ts";
import { limitCalls, type Limited } from "../../../src/providers/flow/concurrency-limit.ts";
import { text } from "../messages.ts";

const answered = {
  kind: "accepted",
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

describe("the gate", () => {
  test("grants what is free at once, up to what is wanted", async () => {
    const gate = openGate({ slots: () => 10 });
    expect(await gate.take(4, "single", 50)).toBe(4);
    expect(await gate.take(100, "single", 50)).toBe(6);
  });

  test("grants nothing when nothing comes free in time, and later takers are not confused by it", async () => {
    const gate = openGate({ slots: () => 1 });
    expect(await gate.take(1, "single", 50)).toBe(1);
    expect(await gate.take(1, "single", 20)).toBe(0);
    const next = gate.take(1, "single", 500);
    gate.release(1);
    expect(await next).toBe(1);
  });

  test("lets nothing begin for a second after the provider asked to slow down, and then goes on by itself", async () => {
    const gate = openGate({ slots: () => 10 });
    gate.rest();
    gate.rest();
    expect(await gate.take(1, "single", 50)).toBe(0);
    const began = performance.now();
    expect(await gate.take(1, "single", 5_000)).toBe(1);
    expect(performance.now() - began).toBeGreaterThan(800);
    expect(await gate.take(1, "single", 50)).toBe(1);
  });

  test("keeps a part for singles however much a bulk wants, and serves them first", async () => {
    const gate = openGate({ slots: () => 10 });
    expect(await gate.take(100, "bulk", 50)).toBe(9);
    const order: string[] = [];
    const bulk = gate.take(9, "bulk", 500).then(() => order.push("bulk"));
    expect(await gate.take(1, "single", 500)).toBe(1);
    const single = gate.take(1, "single", 500).then(() => order.push("single"));
    gate.release(9);
    await Promise.all([bulk, single]);
    expect(order).toEqual(["single", "bulk"]);
  });

  test("gives out what is left when most calls hang", async () => {
    const gate = openGate({ slots: () => 8 });
    await gate.take(7, "single", 50);
    expect(await gate.take(8, "single", 500)).toBe(1);
  });

  test("never lets more begin in a second than the pace allows, beyond the first second's worth", async () => {
    const gate = openGate({ slots: () => 100, perSecond: 20 });
    const began = performance.now();
    let taken = 0;
    while (performance.now() - began < 600) {
      const slots = await gate.take(100, "single", 50);
      gate.release(slots);
      taken += slots;
    }
    const elapsed = (performance.now() - began) / 1_000;
    expect(taken).toBeGreaterThanOrEqual(24);
    expect(taken).toBeLessThanOrEqual(20 + Math.ceil(20 * elapsed) + 1);
  });

  test("does not lose slots over many turns", async () => {
    const gate = openGate({ slots: () => 5 });
    const turn = async (n: number): Promise<void> => {
      const slots = await gate.take(1 + (n % 7), n % 2 === 0 ? "bulk" : "single", 200);
      await sleep(n % 3);
      gate.release(slots);
    };
    await Promise.all(Array.from({ length: 200 }, (_, n) => turn(n)));
    expect(await gate.take(10, "single", 50)).toBe(5);
  });
});

describe("the circuit", () => {
  const at = (second: number): Date => new Date(Date.UTC(2031, 2, 3, 15, 0, second));

  test("is closed until the provider refuses us, then open but for one probe a minute", () => {
    const circuit = openCircuit(60_000);
    expect(circuit.pass(at(0))).toEqual({ kind: "closed" });
    expect(circuit.trip(at(0), "7")).toBe(true);
    expect(circuit.trip(at(1), "8")).toBe(false);
    expect(circuit.pass(at(2))).toEqual({ kind: "open", until: at(61) });
    expect(circuit.pass(at(61))).toEqual({ kind: "probe" });
    expect(circuit.pass(at(62))).toEqual({ kind: "open", until: at(121) });
  });

  test("closes when a probe gets through", () => {
    const circuit = openCircuit(60_000);
    circuit.trip(at(0), "7");
    circuit.pass(at(60));
    expect(circuit.heal()).toBe(true);
    expect(circuit.heal()).toBe(false);
    expect(circuit.pass(at(61))).toEqual({ kind: "closed" });
  });

  test("knows the message that stops the channel alone, and only after others were taken twice", () => {
    const circuit = openCircuit(60_000);
    for (const minute of [0, 60]) {
      circuit.trip(at(minute), "7");
      circuit.trip(at(minute), "7");
      expect(circuit.isAlone("7")).toBe(false);
      circuit.heal();
    }
    expect([circuit.isAlone("7"), circuit.isAlone("8")]).toEqual([true, false]);
  });
});
