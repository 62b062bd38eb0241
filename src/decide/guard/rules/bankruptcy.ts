import type { CaseOf } from "../../../domain/guard/facts.ts";
import { caseFact, casesOf } from "../scene/cases.ts";
import type { Scene } from "../scene/scene.ts";
import { toAttorney } from "./parties.ts";
import { collects, type Decision, hold, ofLoans, refuse, require, type Rule } from "./rule.ts";

type Bankruptcy = CaseOf<"bankruptcy">;

/**
 * True from the petition until it is dismissed or discharged, or the stay is lifted. A case without fields counts as
 * open.
 */
function isStayed({ fields }: Bankruptcy): boolean {
  return (
    fields?.dismissedAt === undefined &&
    fields?.dischargedAt === undefined &&
    fields?.stayEndedAt === undefined
  );
}

const isBorrowers = ({ fields }: Bankruptcy): boolean => fields?.debtor !== "coborrower";

export const bkStay: Rule = {
  id: "bk.stay",
  group: "B",
  short: "Bankruptcy stay",
  statement:
    "From the petition on, no act to collect, assess or recover a claim from before it. For serial filers the stay may end after 30 days or not arise.",
  appliesTo: "collection, payment requests and reminders; other servicing messages and notices",
  condition:
    "A bankruptcy of the borrower about the loan is open. Collection, a request for money or a reminder: refuse, or hold after a prior petition within a year. Servicing and notices: require bk-disclaimer and no-demand, and redirect to the attorney of a represented borrower.",
  citation: "11 USC 362(a)(6), (c)(3)-(4), (k)",
  certainty: ["secondary", "unverified"],
  inputs: ["cases (bankruptcy)", "message.asksForMoney", "message.kind", "borrower.attorney"],
  decide(scene) {
    const stay = casesOf(scene, "bankruptcy").find((one) => isBorrowers(one) && isStayed(one));
    if (stay === undefined) return undefined;
    if (asksForPayment(scene)) return stopped(stay);
    const { classes } = scene;
    return classes.has("serv") || classes.has("notice") ? neutral(scene) : undefined;
  },
};

const asksForPayment = (scene: Scene): boolean =>
  collects(scene) || scene.message.asksForMoney || scene.message.kind === "reminder";

function stopped(stay: Bankruptcy): Decision {
  const facts = [caseFact(stay)];
  return stay.fields?.priorFilingWithinYear === true
    ? hold(
        facts,
        "There was a petition within a year, so there may be no stay: a person must decide.",
      )
    : refuse(facts, "A bankruptcy stay is in force: do not collect before it ends.");
}

/** A message that goes to the attorney is rendered again for the attorney, so missing parts do not stop it here. */
function neutral(scene: Scene): Decision | undefined {
  const content = require(scene, {
    "bk-disclaimer": ({ bankruptcyDisclaimer }) => bankruptcyDisclaimer,
    "no-demand": ({ demandsPayment }) => !demandsPayment,
  }, "A bankruptcy stay is in force: the message needs the bankruptcy disclaimer and must not demand payment.");
  const toOther = toAttorney(scene);
  if (toOther?.outcome !== "redirect") return content;
  return content === undefined ? toOther : { ...toOther, requires: ["bk-disclaimer", "no-demand"] };
}

export const bkDischarge: Rule = {
  id: "bk.discharge",
  group: "B",
  short: "Debt discharged",
  statement: "A discharged debt is never collected as a personal liability.",
  appliesTo: "collection and requests for money",
  condition:
    "A bankruptcy of the borrower about the loan was discharged and the debt not reaffirmed: refuse. Where every loan is secured, only the lien is left: hold for a text of counsel.",
  citation: "11 USC 524(a)(2); 12 CFR 1006.30(b)",
  certainty: ["secondary", "primary"],
  inputs: ["cases (bankruptcy)", "loans.collateral"],
  decide(scene) {
    if (!collects(scene) && !scene.message.asksForMoney) return undefined;
    const discharged = casesOf(scene, "bankruptcy").find(
      (one) => isBorrowers(one) && one.fields?.dischargedAt !== undefined && !one.fields.reaffirmed,
    );
    if (discharged === undefined) return undefined;
    const facts = [caseFact(discharged), ...ofLoans(scene, "collateral")];
    const isSecured =
      scene.loans.length > 0 && scene.loans.every(({ collateral }) => collateral !== undefined);
    return isSecured
      ? hold(facts, "The debt is discharged and only the lien is left: use a text of counsel.")
      : refuse(facts, "The debt is discharged: do not collect it.");
  },
};

export const bkCodebtor: Rule = {
  id: "bk.codebtor",
  group: "B",
  short: "Co-debtor stay",
  statement: "In chapter 12 and 13 a consumer debt is not collected from a co-obligor.",
  appliesTo: "collection and requests for money",
  condition:
    "A co-borrower's bankruptcy of chapter 12 or 13 about the loan is open, and there is no relief from the co-debtor stay: refuse.",
  citation: "11 USC 1301(a), 1201",
  certainty: ["secondary", "unverified"],
  inputs: ["cases (bankruptcy)"],
  decide(scene) {
    if (!collects(scene) && !scene.message.asksForMoney) return undefined;
    const stay = casesOf(scene, "bankruptcy").find(isCodebtorStay);
    return stay === undefined
      ? undefined
      : refuse(
          [caseFact(stay)],
          "A co-borrower is in bankruptcy: do not collect from this borrower before relief is granted.",
        );
  },
};

function isCodebtorStay(one: Bankruptcy): boolean {
  const { fields } = one;
  if (fields?.debtor !== "coborrower" || !isStayed(one)) return false;
  return (fields.chapter === 12 || fields.chapter === 13) && fields.coDebtorReliefAt === undefined;
}
