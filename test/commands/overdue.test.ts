import { expect, test } from "vitest";
import { overdueInWords } from "../../src/commands/explain/overdue.ts";
import type { ChannelState } from "../../src/domain/channel-state.ts";

const WORKS = { channel: "email", condition: "works", since: null, why: null, words: null };
const state = (part: Partial<ChannelState>): ChannelState =>
  ({ ...WORKS, failures: 0, lastMinute: { answered: 0 }, ...part }) as ChannelState;
const show = (): string => "3:00";
const wordsOf = (...states: readonly ChannelState[]): string =>
  overdueInWords("email", [{ silentMs: 100, channels: states }], show).join(" ");

test("without a live daemon, that is the cause", () => {
  expect(overdueInWords("email", [{ silentMs: 60_000, channels: [state({})] }], show)).toEqual([
    "It is overdue: no daemon is alive. `tidings start` runs one, which sends it.",
  ]);
});

test("without a provider in any live daemon, that is the cause", () => {
  expect(wordsOf(state({ channel: "text" }))).toBe(
    "It is overdue: no live daemon has a provider for email. Set it up and restart.",
  );
});

test("a stopped channel says since when and why", () => {
  const since = "2031-03-03T08:00:00Z";
  const why = "Login refused";
  expect(wordsOf(state({ condition: "stopped", since, why, words: "535 no" }))).toBe(
    "It is overdue: email is stopped since 3:00: Login refused (535 no). It is sent when the provider accepts us again.",
  );
});

test("a failing provider is named with its words", () => {
  expect(wordsOf(state({ condition: "failing", why: "Mail server not reached" }))).toBe(
    "It is overdue: the provider of email fails: Mail server not reached.",
  );
});

test("if all works, the notice waits for its turn", () => {
  expect(wordsOf(state({}))).toBe(
    "It is overdue and waits for its turn. `tidings status` shows what is due as well.",
  );
});
