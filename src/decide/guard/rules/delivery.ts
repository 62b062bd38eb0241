import { writeInstant } from "../../../domain/guard/moments.ts";
import { refuse, type Rule } from "./rule.ts";

export const deliveryUndelivered: Rule = {
  id: "delivery.undelivered",
  group: "E",
  short: "Required notice came back",
  statement:
    "A bounce or return of a required disclosure means that it was not sent: the duty is open again, by another medium, with new dates.",
  appliesTo: "provider events, not a message",
  condition: "A new interaction with previousInteractionId replaces the one that came back.",
  citation: "comments 42(a)(1)-2, 34(b)(5)-2",
  certainty: ["primary"],
  inputs: ["provider events"],
};

export const recordRetention: Rule = {
  id: "record.retention",
  group: "E",
  short: "Retention",
  statement:
    "Evidence is kept from the start of collection until 3 years after the last collection activity, each call recording 3 years from the call, and decisions not to send as well.",
  appliesTo: "the purge job, not a message",
  condition: "A record may be deleted on the day after three years have passed.",
  citation: "12 CFR 1006.100 and comments; proof of consent and opt-out is kept 5 years",
  certainty: ["primary", "secondary"],
  inputs: ["last collection activity"],
};

export const cgStale: Rule = {
  id: "cg.stale",
  group: "E",
  short: "Too late or no longer true",
  statement:
    "A message whose facts no longer hold, or whose time has passed, does not go out late.",
  appliesTo: "every message",
  condition:
    "The case no longer matches, or the latest time has passed: refuse. So is a wait of more than 14 days or past the latest time.",
  citation: "policy of the product",
  certainty: ["policy"],
  inputs: ["message.caseStillMatches", "message.scheduledAtTo"],
  decide({ message, at }) {
    if (!message.caseStillMatches)
      return refuse(
        ["message.caseStillMatches"],
        "The case has changed since the message was planned: decide whether it is still needed.",
      );
    if (message.scheduledAtTo === undefined || at <= message.scheduledAtTo) return undefined;
    return refuse(
      ["message.scheduledAtTo"],
      `It had to leave by ${writeInstant(message.scheduledAtTo)}: decide whether the borrower must be informed in another way.`,
    );
  },
};

export const stateScope: Rule = {
  id: "state.scope",
  group: "E",
  short: "State law on creditors",
  statement: "State law makes duties like those of a debt collector apply to creditors.",
  appliesTo: "every message",
  condition:
    "Sets which law applies before the rules run: an entry binds whatever switches.regF says, and some states apply Regulation F to creditors. It never decides a verdict.",
  citation: "the entries of the policy",
  certainty: ["primary", "secondary", "unverified"],
  inputs: ["contacts.address", "loans.collectorRole", "lender.licensedAgencyIn"],
};
