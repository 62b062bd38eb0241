import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPostponedReports, type Postponed } from "../../src/delivery/postponed-reports.ts";
import type { DeliveryRuleId } from "../../src/domain/delivery-rules.ts";
import type { Emit } from "../../src/domain/events.ts";
import { interaction } from "../ids.ts";

const until = new Date("2031-03-03T15:05:00Z");
const lines: object[] = [];
const emit: Emit = (event, fields) => void lines.push({ event, ...fields });
const postponed = (ruleId: DeliveryRuleId, ids: readonly number[]): Postponed[] =>
  ids.map((id) => ({ interactionId: interaction(id), ruleId, until }));
const line = (ruleId: DeliveryRuleId, firstInteractionId: string, interactions: number): object =>
  expect.objectContaining({
    event: "interactions.postponed",
    ruleId,
    firstInteractionId,
    interactions,
  });

beforeEach(() => {
  lines.length = 0;
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

test("the first line comes at once, the others once a minute with the number since the line before", () => {
  const reports = createPostponedReports();
  reports.add(emit, "email", postponed("pause.open", [1, 2, 3]));
  for (let id = 4; id <= 2_003; id += 1) reports.add(emit, "email", postponed("pause.open", [id]));
  expect(lines).toEqual([line("pause.open", "1", 3)]);
  vi.advanceTimersByTime(60_000);
  expect(lines.slice(1)).toEqual([line("pause.open", "4", 2_000)]);
  vi.advanceTimersByTime(600_000);
  expect(lines).toHaveLength(2);
  reports.add(emit, "email", postponed("pause.open", [9]));
  expect(lines.slice(2)).toEqual([line("pause.open", "9", 1)]);
});

test("each rule has its own line", () => {
  const reports = createPostponedReports();
  reports.add(emit, "text", [
    ...postponed("pause.open", [1]),
    ...postponed("content.noKey", [2]),
    ...postponed("pause.open", [3]),
  ]);
  expect(lines).toEqual([line("pause.open", "1", 2), line("content.noKey", "2", 1)]);
});
