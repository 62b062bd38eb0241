import type { FactSheet } from "../../src/domain/deliver/fact-sheet.ts";
import { parseBorrowerId, parseCaseId, parseContactId, parseLoanId } from "../../src/domain/ids.ts";
import type { Starter } from "../template/starter-set.ts";
import { caseChange, chain, interaction } from "../ids.ts";

/** The facts from which the sample of a starter template would be made. */
export function factsOf({ sample, template, about }: Starter, chainId: string): FactSheet {
  const now = new Date(sample.now);
  return {
    interactionId: interaction(chainId),
    chainId: chain(chainId),
    channel: template.channel,
    theme: about.theme,
    isTransactional: null,
    releasedRules: null,
    redirectedTo: null,
    reply: null,
    attempt: 1,
    claims: 0,
    sensitive: false,
    dueAt: now,
    latestAt: null,
    templateId: template.id,
    templateVersion: template.version,
    notificationType: {
      ...sample.notificationType,
      version: 1,
      onStatus: sample.case.status,
      onOutcome: sample.case.outcome,
      onCondition: [],
      whenCaseMoves: "send",
      onUnknown: "hold",
    },
    case: { ...sample.case, id: parseCaseId(sample.case.id) },
    caseNow: { ...sample.case, changeId: caseChange("1") },
    pausedBecause: null,
    pausedUntil: null,
    borrower: {
      ...sample.borrower,
      id: parseBorrowerId(sample.borrower.id),
      statusUpdatedAt: "2030-11-02T08:00:00+00:00",
      createdAt: "2030-11-02T08:00:00+00:00",
      collectionsIntensity: "normal",
      commPreferences: {},
    },
    loans: sample.loans.map((loan) => ({ ...loan, id: parseLoanId(loan.id) })),
    contacts: [
      {
        ...sample.contact,
        id: parseContactId(sample.contact.id),
        externalId: null,
        affiliation: "self",
        status: "primary",
        valid: true,
        verified: true,
        receiveTextMessages: true,
        optedOutAt: null,
        marketingOptedOutAt: null,
        replyUnread: false,
      },
    ],
  };
}
