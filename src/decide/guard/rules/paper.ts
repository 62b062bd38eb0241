import type { Channel, Theme } from "../../../domain/vocabulary.ts";
import { isGiven } from "../scene/consents.ts";
import type { Scene } from "../scene/scene.ts";
import { isElectronic } from "./frequency.ts";
import { mailTarget } from "./mail-target.ts";
import { ofLoans, redirect, type Rule } from "./rule.ts";

const ESIGN_CHANNELS: ReadonlySet<Channel> = new Set(["email", "gui", "document"]);
const VALIDATION_THEMES: ReadonlySet<Theme | null> = new Set<Theme>([
  "opsLoanValidationOfDebtNotice",
  "opsServicingDebtValidation",
]);

/** A validation notice that is itself the first communication needs no E-SIGN consent. */
function mustBeInWriting({ message, classes, loans }: Scene): boolean {
  if (message.kind === "privacyNotice" || message.kind === "originalCreditorAnswer") return true;
  if (!classes.has("notice")) return false;
  if (!VALIDATION_THEMES.has(message.theme)) return true;
  return loans.some(({ initialCommunicationAt }) => initialCommunicationAt !== undefined);
}

export const esignRequired: Rule = {
  id: "esign.required",
  group: "D",
  short: "E-SIGN consent missing",
  statement:
    "A notice that the law requires in writing goes by email or portal only with E-SIGN consent. Under Regulation F: a validation notice after the first communication, the answer about the original creditor, the verification.",
  appliesTo: "email, gui and document: notices, the kinds originalCreditorAnswer and privacyNotice",
  condition:
    "There is no E-SIGN consent: redirect to mail. Not a validation notice before the first communication. Silent while the lender records no such consents at all (switches.esignRecorded).",
  citation: "15 USC 7001(c); 12 CFR 1006.42(b); 12 CFR 1016.9(a)",
  certainty: ["unverified", "primary"],
  inputs: [
    "consents.esign",
    "message.theme",
    "message.kind",
    "loans.initialCommunicationAt",
    "switches.esignRecorded",
  ],
  decide(scene) {
    const { facts, message, at } = scene;
    if (!facts.lender.switches.esignRecorded) return undefined;
    if (!ESIGN_CHANNELS.has(message.channel) || !mustBeInWriting(scene)) return undefined;
    if (isGiven(facts.consents.esign, at)) return undefined;
    return redirect(
      mailTarget(scene),
      ["consents.esign", ...ofLoans(scene, "initialCommunicationAt")],
      "The notice must be in writing and there is no E-SIGN consent: send a letter.",
    );
  },
};

export const esignExcluded: Rule = {
  id: "esign.excluded",
  group: "D",
  short: "Paper only",
  statement:
    "E-SIGN cannot replace paper for notices of default, acceleration, repossession, foreclosure, eviction or the right to cure on a primary residence.",
  appliesTo: "electronic channels and document, kind rightToCure",
  condition: "A loan is secured by the primary residence: redirect to mail.",
  citation: "15 USC 7003(b)(2)(B)",
  certainty: ["primary"],
  inputs: ["loans.collateral", "message.kind"],
  decide(scene) {
    const { message, loans } = scene;
    const isPaperless = isElectronic(message.channel) || message.channel === "document";
    const isOnHome = loans.some(({ collateral }) => collateral === "primaryResidence");
    if (!isPaperless || message.kind !== "rightToCure" || !isOnHome) return undefined;
    return redirect(
      mailTarget(scene),
      ["message.kind", ...ofLoans(scene, "collateral")],
      "The notice is about a primary residence: send a letter.",
    );
  },
};
