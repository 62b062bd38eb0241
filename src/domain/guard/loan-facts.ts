import { z } from "zod";
import {
  CASE_STATUSES,
  COLLATERALS,
  COLLECTOR_ROLES,
  LOAN_STATUSES,
  OUTCOMES,
  PRODUCT_TYPES,
} from "../vocabulary.ts";
import { count, date, flag, ids, instant, objectError, oneOf, text } from "./fields.ts";

export const loan = z.strictObject(
  {
    collectorRole: oneOf(COLLECTOR_ROLES).default("creditor"),
    status: oneOf(LOAN_STATUSES).default("open"),
    daysPastDue: count.default(0).describe("0: current"),
    productType: oneOf(PRODUCT_TYPES).default("personal"),
    accountNumber: text
      .optional()
      .describe("student loans under one number are one debt; absent: a separate debt"),
    collateral: oneOf(COLLATERALS).optional().describe("absent: unsecured"),
    accelerated: flag.default(false),
    statementsCeased: flag.default(false),
    suitTakenOrThreatened: flag.default(false),
    timeBarred: flag.default(false),
    contractedBeforeService: flag.default(false).describe("before the borrower's active duty"),
    initialCommunicationAt: instant
      .optional()
      .describe("first communication about collecting this debt; absent: none yet"),
    validationPeriodEndsOn: date.optional().describe("last day; absent: not begun"),
    stateNoticeMailedAt: instant
      .optional()
      .describe("written notice that state law wants before electronic contact"),
    negativeInfoFurnishedAt: instant
      .optional()
      .describe("first negative report to a bureau; absent: none"),
  },
  objectError,
);

const caseOf = <Type extends string, Fields extends z.ZodType>(
  caseType: Type,
  fields: Fields,
): z.ZodObject<{
  caseId: z.ZodOptional<typeof text>;
  caseType: z.ZodLiteral<Type>;
  status: ReturnType<typeof oneOf<(typeof CASE_STATUSES)[number]>>;
  outcome: z.ZodOptional<ReturnType<typeof oneOf<(typeof OUTCOMES)[number]>>>;
  loanIds: z.ZodOptional<typeof ids>;
  fields: z.ZodOptional<Fields>;
}> =>
  z.strictObject(
    {
      caseId: text.optional(),
      caseType: z.literal(caseType),
      status: oneOf(CASE_STATUSES),
      outcome: oneOf(OUTCOMES).optional(),
      loanIds: ids.optional().describe("absent: all loans of the borrower"),
      fields: fields.optional(),
    },
    objectError,
  );

export const cases = z.discriminatedUnion(
  "caseType",
  [
    caseOf(
      "bankruptcy",
      z.strictObject(
        {
          chapter: z.literal([7, 11, 12, 13], { error: "must be one of 7, 11, 12, 13" }),
          filedAt: instant,
          dismissedAt: instant.optional(),
          dischargedAt: instant.optional(),
          stayEndedAt: instant.optional().describe("lifted or terminated"),
          reaffirmed: flag.default(false),
          debtor: oneOf(["self", "coborrower"]).default("self").describe("who filed"),
          coDebtorReliefAt: instant.optional(),
          priorFilingWithinYear: flag.default(false),
        },
        objectError,
      ),
    ),
    caseOf("ceaseCommunication", z.strictObject({ receivedAt: instant }, objectError)),
    caseOf(
      "disputeOfDebt",
      z.strictObject({ receivedAt: instant, verificationSentAt: instant.optional() }, objectError),
    ),
    caseOf(
      "debtValidation",
      z.strictObject(
        { originalCreditorRequestedAt: instant, answeredAt: instant.optional() },
        objectError,
      ),
    ),
    caseOf("deceased", z.strictObject({ diedOn: date.optional() }, objectError)),
    caseOf("identityTheft", z.strictObject({}, objectError)),
    caseOf(
      "militaryDuty",
      z.strictObject({ activeDutyFrom: date, activeDutyTo: date.optional() }, objectError),
    ),
  ],
  {
    error:
      "must be a case of type bankruptcy, ceaseCommunication, disputeOfDebt, debtValidation, deceased, identityTheft or militaryDuty",
  },
);
