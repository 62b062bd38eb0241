import { describe, expect, test } from "vitest";
import { parseBorrowerId, parseCaseId } from "../../../src/domain/ids.ts";
import { conditionFault } from "../../../src/decide/resolve/conditions.ts";
import { match } from "../../../src/decide/resolve/match.ts";
import type { CaseState, FollowingChange } from "../../../src/domain/resolve/case-change.ts";
import { CASE_STATUSES, DATA_TYPES, OPERATORS, OUTCOMES } from "../../../src/domain/vocabulary.ts";
import {
  resolving,
  type Scenario,
  type ScenarioChange,
  type ScenarioType,
} from "../../scenarios/resolving.ts";
import { caseChange } from "../../ids.ts";

const { scenarios } = resolving;

interface Neighbours {
  readonly before: CaseState | null;
  readonly following: FollowingChange | null;
}

/** The changes that count, in the order they arrive, each with its neighbours in time as known by then. */
function takeIn(changes: readonly ScenarioChange[]): (ScenarioChange & Neighbours)[] {
  const arrived: ScenarioChange[] = [];
  return changes.flatMap((change) => {
    const isRepeat = arrived.some(
      ({ externalId }) => externalId !== null && externalId === change.externalId,
    );
    if (isRepeat) return [];
    const others = arrived.filter((other) => other.case === change.case);
    arrived.push(change);
    // Both sorts are stable: of two at the same moment the first to arrive comes first.
    const inOrder = others.toSorted((a, b) => a.at.getTime() - b.at.getTime());
    const before = inOrder.findLast((other) => other.at <= change.at) ?? null;
    const following = inOrder.find((other) => other.at > change.at) ?? null;
    return [{ ...change, before, following }];
  });
}

function fires(type: ScenarioType, change: ScenarioChange & Neighbours): boolean {
  if (!change.fires || !type.caseTypes.includes(change.caseType)) return false;
  const asTakenIn = {
    ...change,
    id: caseChange(change.label),
    caseId: parseCaseId(change.case),
    caseTypeId: change.caseType,
    borrowerId: parseBorrowerId("BO-1"),
    loanIds: [],
    changedAt: change.at,
    receivedAt: change.at,
    supercaseBulkOperationId: null,
  };
  return match(asTakenIn, type).kind === "fires";
}

function replay({ types, changes }: Scenario): string[] {
  return takeIn(changes).flatMap((change) =>
    types.filter((type) => fires(type, change)).map((type) => `${type.name} on ${change.label}`),
  );
}

describe("the notices of a borrower when a case changes", () => {
  test.each(scenarios)("$title", (scenario) => {
    const expected = scenario.expect.map((notice) => `${notice.type} on ${notice.change}`);
    expect(replay(scenario).toSorted()).toEqual(expected.toSorted());
  });
});

describe("the table of scenarios", () => {
  test("has a different title for each", () => {
    expect(new Set(scenarios.map(({ title }) => title)).size).toBe(scenarios.length);
  });

  test.each(scenarios)("names what it has, and dates what is delayed: $title", (scenario) => {
    const labels = scenario.changes.map(({ label }) => label);
    expect(new Set(labels).size).toBe(labels.length);
    for (const notice of scenario.expect) {
      expect(labels).toContain(notice.change);
      const type = scenario.types.find(({ name }) => name === notice.type);
      expect(type).toBeDefined();
      expect(notice.due !== undefined).toBe(type?.delay !== null);
    }
  });

  test("holds conditions fit for publication only", () => {
    const conditions = scenarios.flatMap(({ types }) => types.flatMap((type) => type.onCondition));
    expect(conditions.map(conditionFault).filter((fault) => fault !== null)).toEqual([]);
  });

  test("uses every status, outcome, operator and data type", () => {
    const types = scenarios.flatMap((scenario) => scenario.types);
    const conditions = types.flatMap((type) => type.onCondition);
    expect(types.map(({ onStatus }) => onStatus)).toEqual(
      expect.arrayContaining([...CASE_STATUSES]),
    );
    expect(types.map(({ onOutcome }) => onOutcome)).toEqual(expect.arrayContaining([...OUTCOMES]));
    expect(conditions.map(({ operator }) => operator)).toEqual(
      expect.arrayContaining([...OPERATORS]),
    );
    expect(conditions.map(({ dataType }) => dataType)).toEqual(
      expect.arrayContaining([...DATA_TYPES]),
    );
  });
});
