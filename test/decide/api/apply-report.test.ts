import fc from "fast-check";
import { parseBorrowerId, parseCaseId, parseContactId } from "../../../src/domain/ids.ts";
import { expect, test } from "vitest";
import { applyReport } from "../../../src/decide/api/apply-report.ts";
import type { InteractionRecord } from "../../../src/domain/interaction-record.ts";
import { CHANNELS, INTERACTION_STATUSES } from "../../../src/domain/vocabulary.ts";
import { interaction } from "../../ids.ts";

const RECORD: InteractionRecord = {
  id: interaction("7"),
  origin: "tidings",
  createdAt: new Date("2031-03-04T15:00:00Z"),
  updatedAt: null,
  deletedAt: null,
  createdBy: { id: "tidings", name: "Tidings" },
  personId: parseBorrowerId("BO-1"),
  caseId: parseCaseId("CS-1"),
  channel: "email",
  content: { subject: "x" },
  contactId: parseContactId("CT-1"),
  contact: null,
  borrower: null,
  loanId: null,
  loanIds: [],
  subject: "freeForm",
  theme: "opsServicing",
  sensitive: false,
  externalId: null,
  previousInteractionId: null,
  status: "attempted",
  statusUpdatedAt: new Date("2031-03-04T15:00:00Z"),
  statusDetails: "emailSent",
  statusDetailsUpdatedAt: null,
  metaData: null,
  isTransactional: null,
  direction: "outbound",
  startedAt: new Date("2031-03-04T15:00:00Z"),
  endedAt: null,
  scheduledAtFrom: null,
  scheduledAtTo: null,
  templateVersionId: "1.1",
  supercaseBulkOperationId: null,
  failureDescriptionShort: null,
  failureDescriptionLong: null,
  complianceGuardRuleId: null,
};

const NOTES = new Set(["metaData", "externalId"]);
const MAY_CHANGE = new Set([
  "metaData",
  "externalId",
  "status",
  "statusDetails",
  "failureDescriptionShort",
  "failureDescriptionLong",
]);
const MOVES = new Set([
  "scheduled canceled",
  "attempted succeeded",
  "attempted failed",
  "succeeded failed",
]);

const words = CHANNELS.flatMap((channel) =>
  ["OutcomeUnknown", "Sent", "Delivered", "Opened", "Bounced", "Rang"].map((end) => channel + end),
);
const told = fc.record(
  {
    status: fc.constantFrom(...INTERACTION_STATUSES),
    statusDetails: fc.option(fc.constantFrom(...words)),
    metaData: fc.option(fc.object()),
    externalId: fc.option(fc.string()),
    failureDescriptionShort: fc.option(fc.string()),
    failureDescriptionLong: fc.option(fc.string()),
  },
  { requiredKeys: [] },
);
const rewritten = fc.record(
  {
    subject: fc.constantFrom("freeForm", "custom1", null),
    content: fc.constantFrom({ subject: "x" }, null),
    startedAt: fc.constantFrom(new Date("2031-03-04T15:00:00Z"), new Date("2031-03-05T15:00:00Z")),
  },
  { requiredKeys: [] },
);
const report = fc
  .tuple(told, fc.oneof({ weight: 3, arbitrary: fc.constant({}) }, rewritten))
  .map(([one, other]) => ({ ...one, ...other }));

test("no report rewrites a sent message or moves a status backwards", () => {
  let taken = 0;
  fc.assert(
    fc.property(fc.constantFrom(...INTERACTION_STATUSES), report, (status, emitted) => {
      const decision = applyReport({ ...RECORD, status }, emitted);
      if (decision.kind === "refused") {
        expect(decision.faults.every(({ field }) => field in emitted)).toBe(true);
        return;
      }
      taken += 1;
      const { changes } = decision;
      expect(Object.keys(changes).filter((field) => !MAY_CHANGE.has(field))).toEqual([]);
      if (changes.status !== undefined) expect(MOVES).toContain(`${status} ${changes.status}`);
      const isNote = Object.keys(changes).every((field) => NOTES.has(field));
      const kind = isNote ? "notes" : "receipt";
      expect(decision.kind).toBe(changes.status === "canceled" ? "cancellation" : kind);
    }),
    { numRuns: 5_000 },
  );
  expect(taken).toBeGreaterThan(30);
});
