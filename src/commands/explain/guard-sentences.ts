import type {
  Chain,
  ChainHold,
  ChainJudgement,
  ChainRedirect,
  JudgedRule,
} from "../../domain/deliver/chain.ts";
import type { VerdictOutcome } from "../../domain/vocabulary.ts";
import type { ShowMoment } from "../cli/moment.ts";

const OUTCOMES: Readonly<Record<VerdictOutcome, string>> = {
  allow: "it may be sent",
  wait: "it waits",
  redirect: "it goes to another contact or channel",
  hold: "a person decides",
  refuse: "it is not sent",
};

/** Returns a sentence for each judgement, and one for each rule in it that did not simply allow. */
export const judgementsInWords = ({ judgements }: Chain, show: ShowMoment): string[] =>
  judgements.flatMap((one) => [
    judgementInWords(one, show),
    ...(one.rules ?? []).map((rule) => ruleInWords(rule, show)),
  ]);

function judgementInWords(one: ChainJudgement, show: ShowMoment): string {
  const { interactionId, judgedAt, outcome, ruleId, until, policyVersion, rules } = one;
  const by = ruleId === null ? "" : ` by rule ${ruleId}`;
  const end = until === null ? "" : ` until ${show(until)}`;
  const all = outcome === "allow" && rules === null ? " Every rule allowed it." : "";
  const policy =
    policyVersion === 0 ? "the built-in policy" : `the policy with change ${policyVersion}`;
  return `${show(judgedAt)}, interaction ${interactionId}: ${OUTCOMES[outcome]}${end}${by}, under ${policy}.${all}`;
}

function ruleInWords({ ruleId, outcome, until, facts, liftedBy }: JudgedRule, show: ShowMoment) {
  const end = until === undefined ? "" : ` until ${show(new Date(until))}`;
  const because = facts.length === 0 ? "" : `, by ${facts.join(", ")}`;
  return liftedBy === undefined
    ? `- ${ruleId}: ${outcome}${end}${because}.`
    : `- ${ruleId} was lifted by ${liftedBy}.`;
}

/** Returns a sentence for each time it was held. */
export const holdsInWords = ({ holds }: Chain, show: ShowMoment): string[] =>
  holds.map((one) => holdInWords(one, show));

function holdInWords(one: ChainHold, show: ShowMoment): string {
  const { interactionId, heldAt, ruleIds, decision, decidedAt, decidedBy, reason } = one;
  const was = `Interaction ${interactionId} was held on ${show(heldAt)} by ${ruleIds.join(", ")}`;
  if (decision === null || decidedAt === null) return `${was}.`;
  return `${was}, and ${decision} on ${show(decidedAt)} by ${decidedBy}: ${reason}`;
}

/** Returns a sentence for each redirect. */
export const redirectsInWords = ({ redirects }: Chain, show: ShowMoment): string[] =>
  redirects.map((one) => redirectInWords(one, show));

function redirectInWords(one: ChainRedirect, show: ShowMoment): string {
  const { interactionId, nextInteractionId, redirectedAt, ruleId, fromContactId, toContactId } =
    one;
  return `Rule ${ruleId} redirected interaction ${interactionId} from contact ${fromContactId} to contact ${toContactId} on ${show(redirectedAt)}: interaction ${nextInteractionId} goes there.`;
}
