import {
  also,
  at,
  byCollector,
  codes,
  current,
  email,
  inbound,
  kase,
  livesIn,
  loan,
  marketing,
  message,
  noRegF,
  opens,
  person,
  rendered,
  type RuleRows,
  said,
  secondLoan,
  servicing,
  stops,
  switches,
  toEmail,
  toMail,
  toText,
  unrendered,
} from "./row.ts";

const FILED = { chapter: 7, filedAt: "2026-10-05T15:00:00Z" };
const STAY = kase("bankruptcy", FILED);
const ATTORNEY = {
  borrower: { attorney: { contactId: "CT-ATTORNEY", knownSince: "2026-09-01T15:00:00Z" } },
  ...also("CT-ATTORNEY", {
    contactType: "email",
    value: "office@lawfirm.example",
    label: "work",
    affiliation: "attorney",
  }),
};
const neutral = [toEmail, servicing, current] as const;
const disclaimer = rendered({ bankruptcyDisclaimer: true });
const DISCHARGED = kase(
  "bankruptcy",
  { ...FILED, dischargedAt: "2026-11-10T15:00:00Z" },
  { status: "completed", outcome: "approved" },
);
const CODEBTOR = kase("bankruptcy", { ...FILED, chapter: 13, debtor: "coborrower" });
const codebtor = (more: Record<string, string | number>) =>
  kase("bankruptcy", { ...FILED, chapter: 13, debtor: "coborrower", ...more });
const stay = (more: Record<string, string | number | boolean>) =>
  kase("bankruptcy", { ...FILED, ...more });
const CEASE = kase("ceaseCommunication", { receivedAt: "2026-10-06T15:00:00Z" });
const CEASE_OTHER = kase(
  "ceaseCommunication",
  { receivedAt: "2026-10-06T15:00:00Z" },
  { loanIds: ["L2"] },
);
const DISPUTE = kase("disputeOfDebt", { receivedAt: "2026-11-16T15:00:00Z" });
const period = (validationPeriodEndsOn: string | null) =>
  loan({ initialCommunicationAt: "2026-10-01T15:00:00Z", validationPeriodEndsOn });
const ASKED = kase("debtValidation", { originalCreditorRequestedAt: "2026-11-03T15:00:00Z" });
const THEFT = (more: Record<string, string>) => kase("identityTheft", null, more);
const DUTY = kase("militaryDuty", { activeDutyFrom: "2026-06-01" });
const duty = (activeDutyFrom: string, activeDutyTo?: string) =>
  kase("militaryDuty", { activeDutyFrom, ...(activeDutyTo !== undefined && { activeDutyTo }) });
const threat = [
  toEmail,
  loan({ contractedBeforeService: true }),
  rendered({ threatensRepossession: true }),
] as const;
const REPORT = {
  message: {
    theme: "opsServicingNegativeCreditReportNotice",
    asksForMoney: false,
    requiredByLaw: true,
  },
  rendered: { demandsPayment: false, modelForm: "negativeReportB1" },
};
const furnished = (day: string) => loan({ negativeInfoFurnishedAt: `${day}T15:00:00Z` });
const timeBarred = loan({ timeBarred: true });

export const LEGAL_ROWS: RuleRows = {
  "bk.stay": [
    opens("no case", [toEmail]),
    stops("refuse", "a petition", [toEmail, STAY]),
    stops("refuse", "a petition without details", [toEmail, kase("bankruptcy", null)]),
    opens("filed tomorrow", [toEmail, stay({ filedAt: "2026-11-21T15:00:00Z" })]),
    opens("dismissed", [toEmail, stay({ dismissedAt: "2026-11-10T15:00:00Z" })]),
    stops("refuse", "dismissed tomorrow", [toEmail, stay({ dismissedAt: "2026-11-21T15:00:00Z" })]),
    opens("the stay was lifted", [toEmail, stay({ stayEndedAt: "2026-11-10T15:00:00Z" })]),
    opens("discharged and reaffirmed", [
      toEmail,
      stay({ dischargedAt: "2026-11-10T15:00:00Z", reaffirmed: true }),
    ]),
    stops("hold", "a petition before it within a year", [
      toEmail,
      stay({ priorFilingWithinYear: true }),
    ]),
    opens("about another loan", [
      toEmail,
      secondLoan(),
      kase("bankruptcy", FILED, { loanIds: ["L2"] }),
    ]),
    stops("refuse", "about all loans", [toEmail, kase("bankruptcy", FILED, { loanIds: null })]),
    stops("refuse", "a message about no loan", [toEmail, STAY, message({ loanIds: [] })]),
    opens("the co-borrower's, chapter 7", [toEmail, stay({ debtor: "coborrower" })]),
    opens("canceled", [toEmail, kase("bankruptcy", FILED, { status: "canceled" })]),
    stops("refuse", "servicing that asks for money", [
      ...neutral,
      STAY,
      message({ asksForMoney: true }),
    ]),
    stops("refuse", "a reminder", [...neutral, STAY, message({ kind: "reminder" })]),
    stops("refuse", "a location message", [
      person("sibling"),
      STAY,
      message({ theme: "opsCollLocateBorrower", asksForMoney: false }),
      rendered({ mentionsDebt: false }),
    ]),
    stops("refuse", "an employer notice", [
      STAY,
      message({ theme: "opsCollContactEmployerNotice", asksForMoney: false }),
      rendered({ mentionsDebt: false }),
    ]),
    stops("refuse", "servicing without the disclaimer", [...neutral, STAY]),
    stops("refuse", "servicing that demands payment", [
      ...neutral,
      STAY,
      disclaimer,
      rendered({ demandsPayment: true }),
    ]),
    opens("servicing with the disclaimer", [...neutral, STAY, disclaimer]),
    opens("servicing before it is rendered", [...neutral, STAY, unrendered], {
      outcome: "allow",
      requires: ["bk-disclaimer", "no-demand"],
    }),
    opens(
      "a notice before it is rendered",
      [
        toEmail,
        STAY,
        unrendered,
        message({ theme: "opsServicingTimeBarredNotice", asksForMoney: false }),
      ],
      { outcome: "allow", requires: ["bk-disclaimer", "no-demand"] },
    ),
    stops("redirect", "servicing, represented", [...neutral, STAY, ATTORNEY, unrendered], {
      to: { party: "attorney", contactId: "CT-ATTORNEY" },
      requires: ["bk-disclaimer", "no-demand"],
    }),
    stops(
      "redirect",
      "servicing, represented, content still to change",
      [...neutral, STAY, ATTORNEY],
      { to: { party: "attorney" }, requires: ["bk-disclaimer", "no-demand"] },
    ),
    opens("servicing to the attorney", [
      ...neutral,
      STAY,
      ATTORNEY,
      disclaimer,
      message({ contactId: "CT-ATTORNEY" }),
    ]),
    opens("codes", [toEmail, codes, STAY]),
    opens("marketing", [toEmail, marketing, STAY]),
  ],
  "bk.discharge": [
    opens("not discharged", [toEmail]),
    stops("refuse", "discharged", [toEmail, DISCHARGED]),
    opens("reaffirmed", [
      toEmail,
      stay({ dischargedAt: "2026-11-10T15:00:00Z", reaffirmed: true }),
    ]),
    opens("discharged tomorrow", [toEmail, stay({ dischargedAt: "2026-11-21T15:00:00Z" })], {
      outcome: "refuse",
      ruleId: "bk.stay",
    }),
    opens("without details", [toEmail, kase("bankruptcy", null)], {
      outcome: "refuse",
      ruleId: "bk.stay",
    }),
    stops("hold", "only the lien is left", [toEmail, DISCHARGED, loan({ collateral: "vehicle" })]),
    stops("refuse", "one of two loans is unsecured", [
      toEmail,
      DISCHARGED,
      secondLoan(),
      loan({ collateral: "vehicle" }),
      message({ loanIds: ["L1", "L2"] }),
    ]),
    stops("refuse", "a message about no loan", [toEmail, DISCHARGED, message({ loanIds: [] })]),
    stops("refuse", "servicing that asks for money", [
      toEmail,
      DISCHARGED,
      current,
      message({ theme: "opsServicing" }),
    ]),
    opens("servicing that does not", [toEmail, DISCHARGED, servicing, current]),
    opens("the co-borrower's", [
      toEmail,
      stay({ dischargedAt: "2026-11-10T15:00:00Z", debtor: "coborrower" }),
    ]),
  ],
  "bk.codebtor": [
    opens("no case", [toEmail]),
    stops("refuse", "chapter 13", [toEmail, CODEBTOR]),
    stops("refuse", "chapter 12", [toEmail, codebtor({ chapter: 12 })]),
    opens("chapter 7", [toEmail, codebtor({ chapter: 7 })]),
    opens("chapter 11", [toEmail, codebtor({ chapter: 11 })]),
    opens("relief was granted", [toEmail, codebtor({ coDebtorReliefAt: "2026-11-10T15:00:00Z" })]),
    stops("refuse", "relief comes tomorrow", [
      toEmail,
      codebtor({ coDebtorReliefAt: "2026-11-21T15:00:00Z" }),
    ]),
    opens("dismissed", [toEmail, codebtor({ dismissedAt: "2026-11-10T15:00:00Z" })]),
    opens("discharged", [toEmail, codebtor({ dischargedAt: "2026-11-10T15:00:00Z" })]),
    opens("the stay was lifted", [toEmail, codebtor({ stayEndedAt: "2026-11-10T15:00:00Z" })]),
    opens("the borrower's own", [toEmail, stay({ chapter: 13 })], {
      outcome: "refuse",
      ruleId: "bk.stay",
    }),
    opens("servicing", [toEmail, CODEBTOR, servicing, current]),
    stops("refuse", "servicing that asks for money", [
      toEmail,
      CODEBTOR,
      current,
      message({ theme: "opsServicing" }),
    ]),
  ],
  "cease.written": [
    opens("never asked", [toEmail]),
    stops("refuse", "asked", [toEmail, CEASE]),
    stops("refuse", "asked, without a date", [toEmail, kase("ceaseCommunication", null)]),
    stops("refuse", "every channel: a letter", [toMail, CEASE]),
    opens("received tomorrow", [
      toEmail,
      kase("ceaseCommunication", { receivedAt: "2026-11-21T15:00:00Z" }),
    ]),
    stops("refuse", "received this instant", [
      toEmail,
      kase("ceaseCommunication", { receivedAt: "2026-11-20T16:30:00Z" }),
    ]),
    opens("about another loan", [toEmail, secondLoan(), CEASE_OTHER]),
    stops("hold", "about another loan, where the lender holds all", [
      toEmail,
      secondLoan(),
      CEASE_OTHER,
      switches({ ceaseCoversAllLoans: true }),
    ]),
    opens("no request at all, where the lender holds all", [
      toEmail,
      switches({ ceaseCoversAllLoans: true }),
    ]),
    opens("another case about another loan", [
      toEmail,
      secondLoan(),
      switches({ ceaseCoversAllLoans: true }),
      kase("disputeOfDebt", { receivedAt: "2026-03-01T15:00:00Z" }, { loanIds: ["L2"] }),
    ]),
    opens("a canceled request about another loan", [
      toEmail,
      secondLoan(),
      switches({ ceaseCoversAllLoans: true }),
      kase(
        "ceaseCommunication",
        { receivedAt: "2026-10-06T15:00:00Z" },
        { loanIds: ["L2"], status: "canceled" },
      ),
    ]),
    opens("the confirmation", [toEmail, CEASE, message({ kind: "ceaseConfirm" })], {
      outcome: "allow",
      ruleId: "cease.written",
    }),
    opens("a remedy may be used", [toEmail, CEASE, message({ kind: "remedyMay" })], {
      outcome: "allow",
      ruleId: "cease.written",
    }),
    opens("a remedy will be used", [toEmail, CEASE, message({ kind: "remedyWill" })], {
      outcome: "allow",
      ruleId: "cease.written",
    }),
    opens("the law requires it", [toEmail, CEASE, message({ requiredByLaw: true })], {
      outcome: "allow",
      ruleId: "cease.written",
    }),
    opens("the kind alone opens no door", [toEmail, message({ kind: "ceaseConfirm" })], {
      outcome: "allow",
      ruleId: null,
    }),
    opens(
      "the kind in servicing opens no door",
      [toEmail, CEASE, servicing, current, message({ kind: "ceaseConfirm" })],
      { outcome: "allow", ruleId: null },
    ),
    stops("refuse", "a reminder", [toEmail, CEASE, message({ kind: "reminder" })]),
    opens("servicing", [toEmail, CEASE, servicing, current]),
    opens("collection with Regulation F switched off", [toEmail, CEASE, noRegF]),
    stops("refuse", "a creditor in California, with Regulation F switched off", [
      toEmail,
      CEASE,
      noRegF,
      livesIn("CA"),
    ]),
    stops("refuse", "a debt collector, with Regulation F switched off", [
      toEmail,
      CEASE,
      noRegF,
      byCollector,
    ]),
    stops("refuse", "a written refusal to pay", [
      toEmail,
      inbound(said("I refuse to pay", { channel: "email", contactId: "CT-EMAIL" })),
    ]),
    opens("said on the telephone", [
      toEmail,
      inbound(said("I refuse to pay", { channel: "voice" })),
    ]),
    opens("a call without words", [
      toEmail,
      inbound({ id: "IN-1", channel: "voice", receivedAt: "2026-11-19T15:00:00Z" }),
    ]),
    stops("refuse", "a written request for no contact", [
      inbound(said("stop contacting me", { channel: "email", contactId: "CT-EMAIL" })),
    ]),
  ],
  "dispute.open": [
    opens("no dispute", [toEmail]),
    stops("refuse", "within the period", [toEmail, DISPUTE, period("2026-12-10")]),
    stops("refuse", "on its last day", [toEmail, DISPUTE, period("2026-11-16")]),
    opens("after it", [toEmail, DISPUTE, period("2026-11-15")]),
    stops("refuse", "the period has not begun", [toEmail, DISPUTE, period(null)]),
    stops("refuse", "a dispute without a date", [toEmail, kase("disputeOfDebt", null)]),
    stops("refuse", "a message about no loan", [toEmail, DISPUTE, message({ loanIds: [] })]),
    opens("verified", [
      toEmail,
      kase("disputeOfDebt", {
        receivedAt: "2026-11-16T15:00:00Z",
        verificationSentAt: "2026-11-18T15:00:00Z",
      }),
      period("2026-12-10"),
    ]),
    stops("refuse", "verified tomorrow", [
      toEmail,
      kase("disputeOfDebt", {
        receivedAt: "2026-11-16T15:00:00Z",
        verificationSentAt: "2026-11-21T15:00:00Z",
      }),
      period("2026-12-10"),
    ]),
    opens("the verification itself", [
      toEmail,
      DISPUTE,
      period("2026-12-10"),
      message({ theme: "opsServicingVerificationOfDebt" }),
    ]),
    opens("servicing", [toEmail, DISPUTE, period("2026-12-10"), servicing, current]),
    stops("refuse", "New York City: at any time", [
      toEmail,
      email({ electronicConsentAt: "2026-10-01T15:00:00Z" }),
      DISPUTE,
      period("2026-11-10"),
      loan({ accelerated: true }),
      livesIn("NYC"),
    ]),
    stops("refuse", "the city by ZIP code", [
      toEmail,
      email({ electronicConsentAt: "2026-10-01T15:00:00Z" }),
      DISPUTE,
      period("2026-11-10"),
      loan({ statementsCeased: true }),
      livesIn("NYC"),
      { contacts: { "CT-HOME": { address: { countyFips: null } } } },
    ]),
    stops("refuse", "a ZIP code at the edge of the city", [
      toEmail,
      email({ electronicConsentAt: "2026-10-01T15:00:00Z" }),
      DISPUTE,
      period("2026-11-10"),
      loan({ suitTakenOrThreatened: true }),
      livesIn("NYC"),
      { contacts: { "CT-HOME": { address: { countyFips: null, postalCode: "11004-1234" } } } },
    ]),
    opens("the county wins over the ZIP code", [
      toEmail,
      DISPUTE,
      period("2026-11-10"),
      loan({ accelerated: true }),
      livesIn("NYC"),
      { contacts: { "CT-HOME": { address: { countyFips: "36119" } } } },
    ]),
    opens("the county of another state", [
      toEmail,
      DISPUTE,
      period("2026-11-10"),
      loan({ accelerated: true }),
      { contacts: { "CT-HOME": { address: { countyFips: "36061" } } } },
    ]),
    opens("New York State", [
      toEmail,
      DISPUTE,
      period("2026-11-10"),
      loan({ accelerated: true }),
      livesIn("NY"),
    ]),
    opens("the city before a creditor collects", [
      toEmail,
      DISPUTE,
      period("2026-11-10"),
      livesIn("NYC"),
    ]),
    stops("refuse", "the city, a debt collector", [
      toMail,
      DISPUTE,
      period("2026-11-10"),
      livesIn("NYC"),
      byCollector,
    ]),
    opens("the city before its rules were in force", [
      at("2026-08-31T16:30:00Z"),
      toEmail,
      kase("disputeOfDebt", { receivedAt: "2026-08-16T15:00:00Z" }),
      loan({ accelerated: true }),
      livesIn("NYC"),
    ]),
  ],
  "origcred.open": [
    opens("not asked", [toEmail]),
    stops("refuse", "within the period", [toEmail, ASKED, period("2026-11-10")]),
    opens("after it", [toEmail, ASKED, period("2026-11-02")]),
    stops("refuse", "the period has not begun", [toEmail, ASKED, period(null)]),
    stops("refuse", "asked without a date", [toEmail, kase("debtValidation", null)]),
    opens("answered", [
      toEmail,
      kase("debtValidation", {
        originalCreditorRequestedAt: "2026-11-03T15:00:00Z",
        answeredAt: "2026-11-05T15:00:00Z",
      }),
      period("2026-11-10"),
    ]),
    stops("refuse", "answered tomorrow", [
      toEmail,
      kase("debtValidation", {
        originalCreditorRequestedAt: "2026-11-03T15:00:00Z",
        answeredAt: "2026-11-21T15:00:00Z",
      }),
      period("2026-11-10"),
    ]),
    opens("asked tomorrow", [
      toEmail,
      kase("debtValidation", { originalCreditorRequestedAt: "2026-11-21T15:00:00Z" }),
      period("2026-12-10"),
    ]),
    opens("the answer itself", [
      toEmail,
      ASKED,
      period("2026-11-10"),
      message({ kind: "originalCreditorAnswer" }),
    ]),
    opens("servicing", [toEmail, ASKED, period("2026-11-10"), servicing, current]),
  ],
  "idtheft.block": [
    opens("no case", [toEmail]),
    stops("hold", "reported", [toEmail, THEFT({ status: "initiated" })]),
    stops("hold", "reopened", [toEmail, THEFT({ status: "reopened" })]),
    stops("refuse", "approved", [toEmail, THEFT({ status: "completed", outcome: "approved" })]),
    opens("denied", [toEmail, THEFT({ status: "completed", outcome: "denied" })]),
    opens("canceled", [toEmail, THEFT({ status: "canceled" })]),
    stops("hold", "ended without a result", [
      toEmail,
      THEFT({ status: "completed", outcome: "noOutcome" }),
    ]),
    stops("hold", "denied, but not completed", [
      toEmail,
      THEFT({ status: "processing", outcome: "denied" }),
    ]),
    opens("servicing", [toEmail, THEFT({ status: "initiated" }), servicing, current]),
  ],
  "debt.settled": [
    opens("open", [toEmail]),
    stops("refuse", "paid", [toEmail, loan({ status: "paidInFull" })]),
    stops("refuse", "settled", [toEmail, loan({ status: "settled" })]),
    stops("refuse", "one of two", [
      toEmail,
      secondLoan({ status: "settled" }),
      message({ loanIds: ["L1", "L2"] }),
    ]),
    opens("another loan", [toEmail, secondLoan({ status: "settled" })]),
    opens("servicing", [toEmail, loan({ status: "paidInFull" }), servicing, current]),
  ],
  "timebarred.threat": [
    opens("not time-barred", [toEmail, rendered({ threatensSuit: true })]),
    stops("refuse", "a threat", [toEmail, timeBarred, rendered({ threatensSuit: true })]),
    opens("no threat", [toEmail, timeBarred]),
    opens("no threat, not rendered", [toEmail, timeBarred, unrendered], {
      outcome: "allow",
      requires: ["timebarred-disclosure"],
    }),
    stops("refuse", "New York City: no disclosure", [
      toEmail,
      timeBarred,
      loan({ accelerated: true }),
      livesIn("NYC"),
      email({ electronicConsentAt: "2026-10-01T15:00:00Z" }),
    ]),
    opens("New York City: the disclosure", [
      toEmail,
      timeBarred,
      loan({ accelerated: true }),
      livesIn("NYC"),
      email({ electronicConsentAt: "2026-10-01T15:00:00Z" }),
      rendered({ timeBarredDisclosure: true }),
    ]),
    stops("refuse", "New York, a debt collector: no disclosure", [
      toMail,
      timeBarred,
      byCollector,
      livesIn("NY"),
    ]),
    opens("New York, a creditor", [toMail, timeBarred, livesIn("NY")]),
    opens("servicing", [
      toEmail,
      timeBarred,
      servicing,
      current,
      rendered({ threatensSuit: true }),
    ]),
  ],
  "scra.content": [
    opens("no duty", [...threat]),
    stops("hold", "on duty", [...threat, DUTY]),
    stops("hold", "on duty, without dates", [...threat, kase("militaryDuty", null)]),
    stops("hold", "servicing as well", [...threat, DUTY, servicing, current]),
    opens("no threat", [toEmail, DUTY, loan({ contractedBeforeService: true })]),
    opens("not rendered", [...threat, DUTY, unrendered]),
    opens("contracted during the duty", [
      ...threat,
      DUTY,
      loan({ contractedBeforeService: false }),
    ]),
    stops("hold", "from today", [...threat, duty("2026-11-20")]),
    opens("from tomorrow", [...threat, duty("2026-11-21")]),
    stops("hold", "to today", [...threat, duty("2026-06-01", "2026-11-20")]),
    opens("to yesterday", [...threat, duty("2026-06-01", "2026-11-19")]),
    opens("the case was canceled", [
      ...threat,
      kase("militaryDuty", { activeDutyFrom: "2026-06-01" }, { status: "canceled" }),
    ]),
    stops("hold", "the case names another loan", [
      ...threat,
      kase("militaryDuty", { activeDutyFrom: "2026-06-01" }, { loanIds: ["L9"] }),
    ]),
    opens("another case", [...threat, kase("deceased", {}, { status: "canceled" })]),
  ],
  "negreport.timing": [
    opens("before, with the model for it", [toMail, REPORT]),
    stops("hold", "before, with the other model", [
      toMail,
      REPORT,
      rendered({ modelForm: "negativeReportB2" }),
    ]),
    stops("refuse", "before, with no model", [toMail, REPORT, rendered({ modelForm: null })]),
    opens("before, not rendered", [toMail, REPORT, unrendered], {
      outcome: "allow",
      requires: ["negreport-model-B1"],
    }),
    stops("hold", "after, with the model of before", [toMail, REPORT, furnished("2026-11-10")]),
    opens("after, with the model for it", [
      toMail,
      REPORT,
      furnished("2026-11-10"),
      rendered({ modelForm: "negativeReportB2" }),
    ]),
    stops("refuse", "after, with a model for something else", [
      toMail,
      REPORT,
      furnished("2026-11-10"),
      rendered({ modelForm: "validationB1" }),
    ]),
    opens("after, not rendered", [toMail, REPORT, furnished("2026-11-10"), unrendered], {
      outcome: "allow",
      requires: ["negreport-model-B2"],
    }),
    opens("30 days after", [
      toMail,
      REPORT,
      furnished("2026-10-21"),
      rendered({ modelForm: "negativeReportB2" }),
    ]),
    stops("hold", "31 days after", [
      toMail,
      REPORT,
      furnished("2026-10-20"),
      rendered({ modelForm: "negativeReportB2" }),
    ]),
    opens("furnished tomorrow", [toMail, REPORT, furnished("2026-11-21")]),
    stops("hold", "the first of two reports counts", [
      toMail,
      REPORT,
      furnished("2026-11-10"),
      secondLoan({ negativeInfoFurnishedAt: "2026-10-10T15:00:00Z" }),
      message({ loanIds: ["L1", "L2"] }),
      rendered({ modelForm: "negativeReportB2" }),
    ]),
    opens("another theme", [toText, furnished("2026-10-20")]),
  ],
};
