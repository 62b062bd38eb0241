import type { GuardLoan } from "../../../domain/guard/facts.ts";
import type { Day, Instant } from "../../../domain/guard/moments.ts";
import type { Requirement } from "../../../domain/guard/verdict.ts";
import { caseFact, casesOf, concerns, hasEffect } from "../scene/cases.ts";
import { replyOf } from "../scene/inbound.ts";
import { lawOf, parameterOf, type Scene } from "../scene/scene.ts";
import { isWithinDays } from "../scene/local-days.ts";
import {
  collects,
  type Decision,
  hold,
  ofLoans,
  refuse,
  require,
  type Rule,
  type Satisfied,
} from "./rule.ts";

/** The kinds of message that may follow a cease request: 12 CFR 1006.6(c)(2). */
const AFTER_CEASE: ReadonlySet<string> = new Set(["ceaseConfirm", "remedyMay", "remedyWill"]);

/** The request to cease, as a fact; undefined if there is none for the loans of the message. */
function ceaseRequest(scene: Scene): string | undefined {
  const [received] = casesOf(scene, "ceaseCommunication");
  if (received !== undefined) return caseFact(received);
  const written = scene.facts.inbound.find((item) =>
    replyOf(item).readings.includes("ceaseWritten"),
  );
  return written === undefined ? undefined : `inbound.${written.id}`;
}

function isLeftOpen({ message }: Scene): boolean {
  return message.requiredByLaw || AFTER_CEASE.has(message.kind);
}

export const ceaseWritten: Rule = {
  id: "cease.written",
  group: "B",
  short: "Asked to cease",
  statement:
    "A written refusal to pay or request to cease is effective on receipt. Afterwards only: a confirmation, a message that a remedy may be used, one that it will be used, and what the law requires.",
  appliesTo: "every channel, the loans of the request, collection under Regulation F",
  condition:
    "A cease request about the loan was received, as a case or as a written inbound message: refuse, but for the kinds ceaseConfirm, remedyMay, remedyWill and messages the law requires. With switches.ceaseCoversAllLoans a request about other loans: hold.",
  citation: "12 CFR 1006.6(c), comments (c)(1)-1, (c)(2)-1, -2",
  certainty: ["primary"],
  inputs: [
    "cases (ceaseCommunication)",
    "inbound",
    "message.kind",
    "message.requiredByLaw",
    "switches.ceaseCoversAllLoans",
  ],
  decide(scene) {
    if (!scene.classes.has("coll*") || isLeftOpen(scene)) return undefined;
    const request = ceaseRequest(scene);
    if (request !== undefined)
      return refuse(
        [request, "message.kind"],
        "The borrower asked in writing to cease: only a confirmation, a notice of a remedy or what the law requires may follow.",
      );
    return aboutOtherLoans(scene);
  },
  opens: (scene) =>
    scene.classes.has("coll*") && isLeftOpen(scene) && ceaseRequest(scene) !== undefined,
};

function aboutOtherLoans({ facts, message }: Scene): Decision | undefined {
  if (!facts.lender.switches.ceaseCoversAllLoans) return undefined;
  const other = facts.cases.find(
    (one) => one.caseType === "ceaseCommunication" && hasEffect(one) && !concerns(one, message),
  );
  if (other === undefined) return undefined;
  return hold(
    [caseFact(other), "lender.switches.ceaseCoversAllLoans"],
    "The borrower asked to cease about another loan: a person decides.",
  );
}

/** True if a request came before the validation period of one of the loans was over, by any clock. */
function isTimely({ clocks, loans }: Scene, receivedAt: Instant | undefined): boolean {
  if (receivedAt === undefined || loans.length === 0) return true;
  const days = clocks.map((clock) => clock.dayAt(receivedAt));
  return loans.some(
    ({ validationPeriodEndsOn: end }) => end === undefined || days.some((day) => day <= end),
  );
}

export const disputeOpen: Rule = {
  id: "dispute.open",
  group: "B",
  short: "Debt disputed",
  statement:
    "After a written dispute within the validation period, collection of the disputed part ceases until the verification is sent.",
  appliesTo: "collection; the verification notice itself is left open",
  condition:
    "A dispute about the loan came before the end of the validation period, or at any time where a city says so, and no verification was sent: refuse.",
  citation: "12 CFR 1006.38(d)(2), comments 38-1; NYC debt collection rules",
  certainty: ["primary"],
  inputs: [
    "cases (disputeOfDebt)",
    "loans.validationPeriodEndsOn",
    "contacts.address",
    "message.theme",
  ],
  decide(scene) {
    if (!collects(scene) || scene.message.theme === "opsServicingVerificationOfDebt")
      return undefined;
    const anyTime = lawOf(scene, "dispute.open", "disputeAnyTime").length > 0;
    const open = casesOf(scene, "disputeOfDebt").find(
      ({ fields }) =>
        fields?.verificationSentAt === undefined &&
        (anyTime || isTimely(scene, fields?.receivedAt)),
    );
    if (open === undefined) return undefined;
    return refuse(
      [caseFact(open), ...ofLoans(scene, "validationPeriodEndsOn")],
      "The debt is disputed: send the verification before collecting again.",
    );
  },
};

export const origcredOpen: Rule = {
  id: "origcred.open",
  group: "B",
  short: "Original creditor asked for",
  statement:
    "After a timely written request for the original creditor, collection ceases until name and address are sent.",
  appliesTo: "collection; the answer itself is left open",
  condition:
    "A request about the loan came before the end of the validation period and was not answered: refuse, but for the kind originalCreditorAnswer.",
  citation: "12 CFR 1006.38(c)",
  certainty: ["primary"],
  inputs: ["cases (debtValidation)", "loans.validationPeriodEndsOn", "message.kind"],
  decide(scene) {
    if (!collects(scene) || scene.message.kind === "originalCreditorAnswer") return undefined;
    const open = casesOf(scene, "debtValidation").find(
      ({ fields }) =>
        fields?.answeredAt === undefined && isTimely(scene, fields?.originalCreditorRequestedAt),
    );
    if (open === undefined) return undefined;
    return refuse(
      [caseFact(open), "message.kind"],
      "The borrower asked for the original creditor: send name and address before collecting again.",
    );
  },
};

export const idtheftBlock: Rule = {
  id: "idtheft.block",
  group: "B",
  short: "Identity theft",
  statement: "A debt that is blocked as identity theft is not placed, sold or collected.",
  appliesTo: "collection",
  condition:
    "An identity theft case about the loan is approved: refuse. It is open, or ended without a result: hold.",
  citation: "15 USC 1681m(f)(1), cited in comment 30(b)(1)-2",
  certainty: ["primary", "policy"],
  inputs: ["cases (identityTheft)"],
  decide(scene) {
    if (!collects(scene)) return undefined;
    const found = casesOf(scene, "identityTheft");
    const approved = found.find(({ outcome }) => outcome === "approved");
    if (approved !== undefined)
      return refuse(
        [caseFact(approved)],
        "The debt is blocked as identity theft: do not collect it.",
      );
    const [open] = found;
    if (open === undefined) return undefined;
    return hold([caseFact(open)], "Identity theft is reported: wait for the result of the case.");
  },
};

export const debtSettled: Rule = {
  id: "debt.settled",
  group: "B",
  short: "Paid or settled",
  statement: "A debt that is paid or settled is not collected or misrepresented.",
  appliesTo: "collection",
  condition: "One of the loans is paid in full or settled: refuse.",
  citation: "12 CFR 1006.18(b)(2)(i), 1006.30(b)(1)",
  certainty: ["primary"],
  inputs: ["loans.status"],
  decide(scene) {
    const isDone = scene.loans.some(({ status }) => status !== "open");
    if (!collects(scene) || !isDone) return undefined;
    return refuse(
      ofLoans(scene, "status"),
      "A loan of the message is paid or settled: do not collect it.",
    );
  },
};

export const timebarredThreat: Rule = {
  id: "timebarred.threat",
  group: "B",
  short: "Time-barred debt",
  statement: "No suit and no threat of suit on a time-barred debt.",
  appliesTo: "collection of a time-barred loan",
  condition:
    "The message threatens suit: refuse. Otherwise the disclosure is asked of the template in every state, and a message without it is refused where state or city law wants it.",
  citation: "12 CFR 1006.26(b) (a proof of claim excepted); 23 NYCRR 1.3; NYC rules",
  certainty: ["primary", "secondary"],
  inputs: ["loans.timeBarred", "rendered.threatensSuit", "rendered.timeBarredDisclosure"],
  decide(scene) {
    const { facts, loans } = scene;
    if (!collects(scene) || !loans.some(({ timeBarred }) => timeBarred)) return undefined;
    if (facts.rendered?.threatensSuit === true)
      return refuse(
        [...ofLoans(scene, "timeBarred"), "rendered.threatensSuit"],
        "The debt is time-barred: take the threat of suit out.",
      );
    const isRequired = lawOf(scene, "timebarred.threat", "disclosure").length > 0;
    if (!isRequired && facts.rendered !== undefined) return undefined;
    return require(scene, {
      "timebarred-disclosure": ({ timeBarredDisclosure }) => timeBarredDisclosure,
    }, "The law at the borrower's home wants the disclosure for time-barred debts: add it.");
  },
};

export const scraContent: Rule = {
  id: "scra.content",
  group: "B",
  short: "Active duty",
  statement:
    "Active duty does not forbid contact, but property bought before the service is not repossessed without a court order.",
  appliesTo: "collection, servicing messages and notices",
  condition:
    "The borrower is on active duty today, a loan was contracted before it, and the message threatens repossession: hold.",
  citation: "50 USC 3952, 3937, 3931, 3919",
  certainty: ["secondary", "unverified", "primary"],
  inputs: [
    "cases (militaryDuty)",
    "loans.contractedBeforeService",
    "rendered.threatensRepossession",
  ],
  decide(scene) {
    const { facts, loans } = scene;
    const isThreat = facts.rendered?.threatensRepossession === true;
    if (!isThreat || !loans.some(({ contractedBeforeService }) => contractedBeforeService))
      return undefined;
    const duty = facts.cases.find(
      (one) => one.caseType === "militaryDuty" && hasEffect(one) && isActive(scene, one.fields),
    );
    if (duty === undefined) return undefined;
    return hold(
      [caseFact(duty), ...ofLoans(scene, "contractedBeforeService")],
      "The borrower is on active duty: repossession needs a court order, so a person reads this first.",
    );
  },
};

/** By any clock. A case without dates counts as active. */
function isActive(
  { days }: Scene,
  fields: { readonly activeDutyFrom: Day; readonly activeDutyTo?: Day | undefined } | undefined,
): boolean {
  if (fields === undefined) return true;
  const { activeDutyFrom: from, activeDutyTo: to } = fields;
  return days.some((day) => from <= day && (to === undefined || day <= to));
}

export const furnishFirst: Rule = {
  id: "furnish.first",
  group: "B",
  short: "Furnishing too early",
  statement:
    "Before furnishing to a bureau: speak with the consumer, or send a notice and wait 14 days in which none comes back.",
  appliesTo: "a date for the core system, not a message",
  condition: "Safe from the last sending that did not come back, plus 14 days.",
  citation: "12 CFR 1006.30(a), comments 30(a)(1)-2, -3",
  certainty: ["primary"],
  inputs: ["notices sent and returned"],
};

export const negreportTiming: Rule = {
  id: "negreport.timing",
  group: "B",
  short: "Negative report notice",
  statement:
    "A financial institution that furnishes negative information gives notice before, or no later than 30 days after: model B-1 before, B-2 after.",
  appliesTo: "theme opsServicingNegativeCreditReportNotice",
  condition:
    "Requires negreport-model-B1 before furnishing, negreport-model-B2 after it. The other model, or more than 30 days after: hold.",
  citation: "15 USC 1681s-2(a)(7); 12 CFR 1022 Appendix B",
  certainty: ["unverified", "primary"],
  inputs: ["loans.negativeInfoFurnishedAt", "rendered.modelForm"],
  decide(scene) {
    if (scene.message.theme !== "opsServicingNegativeCreditReportNotice") return undefined;
    const facts = [...ofLoans(scene, "negativeInfoFurnishedAt"), "rendered.modelForm"];
    const furnishedAt = firstFurnished(scene.loans);
    const days = parameterOf(scene, "negreport.timing", "withinDays")?.days;
    if (furnishedAt !== undefined && days !== undefined && !isWithinDays(scene, furnishedAt, days))
      return hold(facts, `The report was furnished more than ${days} days ago: a person decides.`);
    const { model, other, token } = furnishedAt === undefined ? BEFORE : AFTER;
    if (scene.facts.rendered?.modelForm === other)
      return hold(facts, `The notice needs model form ${model}: use the template for it.`);
    const isModel: Satisfied = ({ modelForm }) => modelForm === model;
    return require(scene, {
      [token]: isModel,
    }, `The notice needs model form ${model}: use the template for it.`);
  },
};

const BEFORE = {
  model: "negativeReportB1",
  other: "negativeReportB2",
  token: "negreport-model-B1",
} as const satisfies { token: Requirement; [name: string]: string };
const AFTER = {
  model: "negativeReportB2",
  other: "negativeReportB1",
  token: "negreport-model-B2",
} as const satisfies { token: Requirement; [name: string]: string };

function firstFurnished(loans: readonly GuardLoan[]): Instant | undefined {
  const instants = loans.flatMap(({ negativeInfoFurnishedAt }) => negativeInfoFurnishedAt ?? []);
  return instants.length === 0 ? undefined : Math.min(...instants);
}
