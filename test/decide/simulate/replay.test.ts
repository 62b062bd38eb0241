import { expect, test } from "vitest";
import { builtInPolicy } from "../../../src/decide/guard/policy/policy.ts";
import { createCourse, questionOf, replay } from "../../../src/decide/simulate/replay.ts";
import { parseBorrowerId } from "../../../src/domain/ids.ts";
import { questionOf as sheetOf } from "../guard/question.ts";

test("a validation notice that was sent after a message does not count for it", () => {
  const { facts } = sheetOf({
    facts: {
      message: { channel: "email", contactId: "CT-EMAIL" },
      loans: { L1: { validationPeriodEndsOn: null } },
      rendered: { urgentDemand: true, optOutMethods: ["link"] },
    },
  });
  const sentAt = Date.parse("2026-11-20T16:30:00Z");
  const read = { kind: "facts", facts, validationNotices: [{ loanId: "L1", sentAt }] } as const;
  const fateAt = (at: number): unknown => {
    const replayed = {
      interactionId: null,
      caseChangeId: null,
      borrowerId: parseBorrowerId("BO-1"),
      channel: "email",
      theme: "opsCollDebt",
      isTransactional: true,
      loanIds: ["L1"],
      contactId: "CT-EMAIL",
      fromTemplate: {},
      at: new Date(at),
      latestAt: null,
      done: { fate: "sent", ruleId: null },
    } as const;
    const question = questionOf(replayed, "CT-EMAIL", "1");
    return replay([{ replayed, question, read }], builtInPolicy(), createCourse())[0]?.would;
  };
  expect(fateAt(sentAt)).toMatchObject({ fate: "held", ruleId: "content.overshadow" });
  expect(fateAt(sentAt - 1)).toMatchObject({ fate: "sent" });
});
