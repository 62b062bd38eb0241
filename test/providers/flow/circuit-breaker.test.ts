import { describe, expect, test } from "vitest";
import type { Evidence, ProviderAnswer } from "../../../src/domain/provider-answer.ts";
import {
  type CircuitBreaker,
  createCircuitBreaker,
} from "../../../src/providers/flow/circuit-breaker.ts";
import type { AnsweredCall } from "../../../src/providers/flow/refusal-assessor.ts";
import { wordsOf } from "../../../src/providers/flow/refusal-streak.ts";
import { chain, interaction } from "../../ids.ts";

const at = (second: number): Date => new Date(Date.UTC(2031, 2, 3, 15, 0, second));
const evidence = (fields: Partial<Evidence> = {}): Evidence => ({
  provider: "smtp",
  durationMs: 1,
  ...fields,
});

const ACCEPTED: ProviderAnswer = {
  kind: "accepted",
  messageId: null,
  status: "attempted",
  statusDetails: "emailSent",
  evidence: evidence(),
};
const LOGIN_REFUSED: ProviderAnswer = {
  kind: "misconfigured",
  statusDetails: "emailDeferred",
  short: "Login refused",
  long: "Correct it.",
  evidence: evidence({ code: "535" }),
};
const QUOTA: ProviderAnswer = {
  kind: "limited",
  limit: "quota",
  retryAfterMs: null,
  evidence: evidence({ code: "452" }),
};
const refused = (text: string, finding: "invalid" | null = null): ProviderAnswer => ({
  kind: "refused",
  statusDetails: "emailBounced",
  short: "Refused permanently",
  long: "See the text.",
  finding,
  evidence: evidence({ code: "554", text }),
});

/** Message `n` with its own recipient. */
const call = (n: number, answer: ProviderAnswer): AnsweredCall => ({
  interactionId: interaction(n),
  chainId: chain(n),
  recipient: `pat.${n}@example.com`,
  answer,
});
const breaker = (waitMs = 20): CircuitBreaker => createCircuitBreaker({ waitMs });

describe("the circuit breaker", () => {
  test("is closed until the provider refuses us, then open but for one probe a minute", async () => {
    const circuit = breaker();
    expect(circuit.pass(at(0))).toEqual({ kind: "closed" });
    expect(await circuit.assess(call(7, LOGIN_REFUSED), at(0))).toMatchObject({
      blame: "us",
      changedTo: "open",
    });
    expect(await circuit.assess(call(8, LOGIN_REFUSED), at(1))).toMatchObject({ changedTo: null });
    expect(circuit.openUntil(at(2))).toEqual(at(61));
    expect(circuit.pass(at(2))).toEqual({ kind: "open", until: at(61) });
    expect(circuit.pass(at(61))).toEqual({ kind: "probe" });
    expect(circuit.pass(at(62))).toEqual({ kind: "open", until: at(121) });
  });

  test("closes when a probe is accepted, or refused for itself", async () => {
    for (const answer of [ACCEPTED, refused("No such mailbox", "invalid")]) {
      const circuit = breaker();
      await circuit.assess(call(7, LOGIN_REFUSED), at(0));
      circuit.pass(at(60));
      expect(await circuit.assess(call(8, answer), at(61))).toMatchObject({ changedTo: "closed" });
      expect(await circuit.assess(call(9, ACCEPTED), at(62))).toMatchObject({ changedTo: null });
      expect(circuit.pass(at(62))).toEqual({ kind: "closed" });
    }
  });

  test("stays open when a refusal from before it opened turns out to be about its recipient", async () => {
    const circuit = breaker();
    const early = circuit.assess(call(1, refused("No")), at(0));
    await circuit.assess(call(2, LOGIN_REFUSED), at(0));
    expect(await early).toMatchObject({ blame: "message", changedTo: null });
    expect(circuit.pass(at(1)).kind).toBe("open");
  });

  test("opens for a quota that is used up, and suspects no message of it", async () => {
    const circuit = breaker();
    expect(await circuit.assess(call(1, QUOTA), at(0))).toMatchObject({
      blame: "message",
      changedTo: "open",
    });
    expect(await circuit.assess(call(2, ACCEPTED), at(60))).toMatchObject({ changedTo: "closed" });
  });

  test("knows the message that stops the channel alone, and only after others were accepted twice", async () => {
    const circuit = breaker();
    for (const second of [0, 120]) {
      expect((await circuit.assess(call(7, LOGIN_REFUSED), at(second))).blame).toBe("us");
      expect((await circuit.assess(call(7, LOGIN_REFUSED), at(second))).blame).toBe("us");
      await circuit.assess(call(8, ACCEPTED), at(second + 60));
    }
    expect(await circuit.assess(call(7, LOGIN_REFUSED), at(240))).toMatchObject({
      blame: "message",
      changedTo: null,
    });
    expect((await circuit.assess(call(9, LOGIN_REFUSED), at(241))).blame).toBe("us");
  });
});

describe("refusals in words that no table knows", () => {
  test("of three different recipients in a row are about us: none of them is failed, and the channel stops once", async () => {
    const circuit = breaker(60_000);
    const assessments = await Promise.all(
      [1, 2, 3, 4].map((n) => circuit.assess(call(n, refused("Go away")), at(0))),
    );
    expect(assessments.map(({ blame }) => blame)).toEqual(["us", "us", "us", "us"]);
    expect(assessments.filter(({ changedTo }) => changedTo === "open")).toHaveLength(1);
    expect(circuit.openUntil(at(1))).toEqual(at(60));
  });

  test("that came one by one are taken back when the third comes", async () => {
    const circuit = breaker(1);
    for (const n of [1, 2])
      expect((await circuit.assess(call(n, refused("Go away")), at(n))).blame).toBe("message");
    expect(await circuit.assess(call(3, refused("Go away")), at(3))).toEqual({
      blame: "us",
      changedTo: "open",
      misjudged: ["1", "2"],
    });
    expect((await circuit.assess(call(4, refused("Go away")), at(4))).misjudged).toEqual([]);
  });

  test("are about their recipients when a message was accepted in between", async () => {
    const circuit = breaker(60_000);
    const first = [1, 2].map((n) => circuit.assess(call(n, refused("Go away")), at(0)));
    await circuit.assess(call(3, ACCEPTED), at(0));
    const then = [4, 5].map((n) => circuit.assess(call(n, refused("Go away")), at(0)));
    await circuit.assess(call(6, ACCEPTED), at(0));
    const assessments = await Promise.all([...first, ...then]);
    expect(assessments.map(({ blame }) => blame)).toEqual(Array(4).fill("message"));
    expect(circuit.pass(at(1))).toEqual({ kind: "closed" });
  });

  test("of one recipient again and again are about that recipient", async () => {
    const circuit = breaker(1);
    for (let n = 0; n < 12; n += 1) {
      const again = { ...call(n, refused("Go away")), recipient: "Pat@example.com" };
      expect((await circuit.assess(again, at(n))).blame).toBe("message");
    }
  });

  test("in three different wordings are about three recipients", async () => {
    const circuit = breaker(1);
    for (const [n, words] of ["Go away", "Not today", "Never"].entries())
      expect((await circuit.assess(call(n, refused(words)), at(n))).blame).toBe("message");
  });

  test("of ten different recipients are about us in any words, even those that name a recipient", async () => {
    const circuit = breaker(60_000);
    const assessments = await Promise.all(
      Array.from({ length: 10 }, (_, n) =>
        circuit.assess(call(n, refused(`No ${"abcdefghij"[n]}`, "invalid")), at(0)),
      ),
    );
    expect(assessments.map(({ blame }) => blame)).toEqual(Array(10).fill("us"));
  });

  test("of a few dead addresses in a row are about those addresses", async () => {
    const circuit = breaker(1);
    for (let n = 0; n < 9; n += 1)
      expect((await circuit.assess(call(n, refused("No", "invalid")), at(n))).blame).toBe(
        "message",
      );
  });

  test("keep the channel stopped until a message is accepted, whatever a probe is refused for", async () => {
    const circuit = breaker(1);
    for (const n of [1, 2, 3]) await circuit.assess(call(n, refused("Go away")), at(0));
    await circuit.assess(call(4, refused("No such mailbox", "invalid")), at(61));
    expect(circuit.openUntil(at(59))).toEqual(at(60));
    expect((await circuit.assess(call(5, ACCEPTED), at(121))).changedTo).toBe("closed");
  });
});

describe("refusals that say the same", () => {
  test.each([
    [
      "554 but for the address",
      { code: "554", text: "[address]: Access denied" },
      { code: "554", text: "Access denied" },
    ],
    [
      "an id and a number",
      {
        code: "550",
        text: "5.7.1 Rejected (id 4XyZ12, ticket #77) see https://example.com/a?b=77",
      },
      { code: "550", text: "5.7.1 Rejected (id 9QqA31, ticket #4711) see https://example.com/c" },
    ],
    [
      "a host and the case",
      { code: "550", text: "mx1.example.net Refused" },
      { code: "550", text: "MX2.EXAMPLE.NET REFUSED" },
    ],
  ])("are alike: %s", (_, one, other) => {
    expect(wordsOf(evidence(one))).toBe(wordsOf(evidence(other)));
  });

  test("are not alike when a code or a word differs", () => {
    const words = [
      { code: "554", text: "Refused" },
      { code: "550", text: "Refused" },
      { code: "554", text: "Refused today" },
      { code: "554", enhancedCode: "5.7.1", text: "Refused" },
    ].map((fields) => wordsOf(evidence(fields)));
    expect(new Set(words).size).toBe(4);
  });
});
