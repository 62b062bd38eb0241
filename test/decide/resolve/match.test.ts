import * as fc from "fast-check";
import { parseBorrowerId, parseCaseId } from "../../../src/domain/ids.ts";
import { describe, expect, test } from "vitest";
import { match, stillHolds } from "../../../src/decide/resolve/match.ts";
import type {
  CaseChange,
  CaseState,
  FollowingChange,
} from "../../../src/domain/resolve/case-change.ts";
import type { FiringRule } from "../../../src/domain/resolve/notification-type.ts";
import {
  CASE_STATUSES,
  OUTCOMES,
  type CaseStatus,
  type Outcome,
} from "../../../src/domain/vocabulary.ts";
import { caseChange } from "../../ids.ts";

function state(status: CaseStatus, outcome: Outcome | null = null): CaseState {
  return { status, outcome };
}

function trigger(onStatus: CaseStatus | null, onOutcome: Outcome | null = null): FiringRule {
  return { onStatus, onOutcome, onCondition: [] };
}

function next(known: CaseState, rest: Partial<FollowingChange> = {}): FollowingChange {
  return { ...known, fields: {}, fires: true, ...rest };
}

function change(after: CaseState, rest: Partial<CaseChange> = {}): CaseChange {
  return {
    id: caseChange("1"),
    caseId: parseCaseId("CS-1"),
    caseTypeId: "bankruptcy",
    borrowerId: parseBorrowerId("BO-1"),
    loanIds: [],
    fields: {},
    changedAt: new Date("2031-03-03T10:00:00-05:00"),
    receivedAt: new Date("2031-03-03T10:00:00-05:00"),
    supercaseBulkOperationId: null,
    before: null,
    following: null,
    ...after,
    ...rest,
  };
}

const fires = (made: CaseChange, by: FiringRule) => match(made, by).kind === "fires";

const chapter7 = { fieldName: "chapter", value: "chapter7" };

const states = CASE_STATUSES.flatMap((status) =>
  [null, ...OUTCOMES].map((outcome) => state(status, outcome)),
);
const triggers = [null, ...CASE_STATUSES]
  .flatMap((onStatus) => [null, ...OUTCOMES].map((onOutcome) => trigger(onStatus, onOutcome)))
  .filter(({ onStatus, onOutcome }) => onStatus !== null || onOutcome !== null);

describe("the reason of a silent version", () => {
  test("the trigger does not hold after the change", () => {
    const made = change(state("completed"), { before: state("processing") });
    expect(match(made, trigger("completed", "approved"))).toEqual({
      kind: "silent",
      why: "triggerDoesNotHold",
      long: "The type waits for status completed and outcome approved, the case has status completed.",
    });
  });

  test("the trigger held before the change already", () => {
    const made = change(state("completed", "approved"), {
      before: state("processing", "approved"),
    });
    expect(match(made, trigger(null, "approved"))).toEqual({
      kind: "silent",
      why: "triggerHeldBefore",
      long: "The case had outcome approved before this change already.",
    });
  });

  test("which condition is not met, without the value of the case's field", () => {
    const made = change(state("processing"), { fields: { chapter: "chapter13", ssn: "x" } });
    const type = {
      ...trigger("processing"),
      onCondition: [{ fieldName: "ssn", operator: "exists" } as const, chapter7],
    };
    expect(match(made, type)).toEqual({
      kind: "silent",
      why: "conditionNotMet",
      long: 'The case\'s fields do not meet the condition chapter eq "chapter7".',
    });
  });

  test("a condition without a value is described without one", () => {
    const type = {
      ...trigger("processing"),
      onCondition: [{ fieldName: "chapter", operator: "exists" } as const],
    };
    expect(match(change(state("processing")), type)).toMatchObject({
      long: "The case's fields do not meet the condition chapter exists.",
    });
  });

  test("a condition nothing can meet", () => {
    const type = { ...trigger("processing"), onCondition: [{ fieldName: "chapter" }] };
    expect(match(change(state("processing")), type)).toEqual({
      kind: "silent",
      why: "conditionNotMet",
      long: 'The condition on "chapter" needs a value of data type string. Such a condition never holds.',
    });
  });

  test("a change that came later and was judged earlier", () => {
    const made = change(state("processing"), {
      before: state("initiated"),
      following: next(state("processing")),
    });
    expect(match(made, trigger("processing"))).toEqual({
      kind: "silent",
      why: "laterChangeJudged",
      long: "This change arrived late. The case still had status processing in the change after it, which fired for both.",
    });
  });
});

describe("a version without conditions", () => {
  test("fires where its pair holds and a value it names has changed, and nowhere else", () => {
    const steps = states.flatMap((after) => [null, ...states].map((before) => ({ after, before })));
    for (const type of triggers) {
      for (const { after, before } of steps) {
        const statusHolds = type.onStatus === null || after.status === type.onStatus;
        const outcomeHolds = type.onOutcome === null || after.outcome === type.onOutcome;
        const statusChanged = type.onStatus !== null && before?.status !== after.status;
        const outcomeChanged = type.onOutcome !== null && before?.outcome !== after.outcome;
        const expected = statusHolds && outcomeHolds && (statusChanged || outcomeChanged);
        expect(fires(change(after, { before }), type)).toBe(expected);
      }
    }
  });

  test("fires late where it would have fired in time, unless its pair holds in the change that follows", () => {
    const anyState = fc.constantFrom(...states);
    fc.assert(
      fc.property(
        fc.constantFrom(...triggers),
        anyState,
        fc.option(anyState),
        anyState,
        (type, after, before, later) => {
          const following = next(later);
          const expected =
            fires(change(after, { before }), type) && !fires(change(following), type);
          expect(fires(change(after, { before, following }), type)).toBe(expected);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test("never fires on a change of fields alone, late or not", () => {
    for (const type of triggers) {
      for (const after of states) {
        const made = change(after, { before: after, fields: { chapter: "chapter7" } });
        expect(fires(made, type)).toBe(false);
        expect(fires({ ...made, following: next(state("canceled")) }, type)).toBe(false);
      }
    }
  });

  test("fires at least once for a case and never more often than it entered the pair, in any order of arrival", () => {
    const history = fc
      .array(fc.constantFrom(...states), { minLength: 1, maxLength: 8 })
      .chain((inTime) =>
        fc.record({
          inTime: fc.constant(inTime),
          arrivals: fc.shuffledSubarray([...inTime.keys()], { minLength: inTime.length }),
        }),
      );
    fc.assert(
      fc.property(history, fc.constantFrom(...triggers), ({ inTime, arrivals }, type) => {
        const told = countFired(inTime, arrivals, type);
        const entered = countFired(inTime, [...inTime.keys()], type);
        expect(told).toBeLessThanOrEqual(entered);
        expect(told > 0).toBe(entered > 0);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Counts how often a version fires on a case whose states, given in order of time, arrive in another order. */
function countFired(
  inTime: readonly CaseState[],
  arrivals: readonly number[],
  type: FiringRule,
): number {
  return arrivals.filter((position, arrival) => {
    const known = inTime.map((each, at) => (arrivals.indexOf(at) < arrival ? each : null));
    const before = known.slice(0, position).findLast((each) => each !== null) ?? null;
    const following = known.slice(position + 1).find((each) => each !== null) ?? null;
    const [after] = inTime.slice(position);
    const late = following && next(following);
    return after !== undefined && fires(change(after, { before, following: late }), type);
  }).length;
}

describe("conditions", () => {
  const type = { ...trigger("processing"), onCondition: [chapter7] };

  test("let an entry through where they hold", () => {
    expect(fires(change(state("processing"), { fields: { chapter: "chapter7" } }), type)).toBe(
      true,
    );
  });

  test("never make an entry", () => {
    const made = change(state("processing"), {
      before: state("processing"),
      fields: { chapter: "chapter7" },
    });
    expect(match(made, type)).toMatchObject({ why: "triggerHeldBefore" });
  });

  test("are named before the lateness of a change that does not meet them", () => {
    const made = change(state("processing"), { following: next(state("processing")) });
    expect(match(made, type)).toMatchObject({ why: "conditionNotMet" });
  });
});

describe("a late change that meets its conditions", () => {
  const type = { ...trigger("processing"), onCondition: [chapter7] };
  const fields = { chapter: "chapter7" };
  const late = (following: FollowingChange): boolean =>
    fires(change(state("processing"), { fields, following }), type);

  test("fires where the change after it could not, for its own fields", () => {
    expect(late(next(state("processing"), { fields: { chapter: "chapter13" } }))).toBe(true);
  });

  test("is silent where the change after it fired", () => {
    expect(late(next(state("processing"), { fields }))).toBe(false);
  });

  test("is history where the change after it boarded the case", () => {
    expect(late(next(state("processing"), { fires: false }))).toBe(false);
  });
});

describe("the present state of a case", () => {
  const dismissed = { fieldName: "dispositionCode", value: "dismissed" };
  const type = { ...trigger("completed", "approved"), onCondition: [chapter7, dismissed] };
  const fields = { chapter: "chapter7", dispositionCode: "dismissed" };
  const approved = state("completed", "approved");
  test.each([
    ["still holds", approved, fields, true],
    ["holds no more once it is opened again", state("reopened", "approved"), fields, false],
    ["holds no more once its outcome is another", state("completed", "denied"), fields, false],
    ["holds no more once a field is another", approved, { ...fields, chapter: "chapter13" }, false],
  ])("%s", (_, now, fieldsNow, expected) => {
    expect(stillHolds(type, now, fieldsNow)).toBe(expected);
  });

  test("holds without conditions too", () => {
    expect(stillHolds(trigger("completed"), approved, {})).toBe(true);
  });
});
