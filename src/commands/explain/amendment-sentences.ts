import type { Chain, ChainAmendment } from "../../domain/deliver/chain.ts";
import type { AmendmentKind } from "../../domain/vocabulary.ts";
import type { ShowMoment } from "../cli/moment.ts";

const KINDS: Readonly<Record<AmendmentKind, string>> = {
  receiptWrong: "its receipt was wrong",
  settlementWrong: "it was settled wrongly",
  lostByCarrier: "the carrier lost it",
};

/** Returns a sentence for each amendment. The transitions before it stay as they were recorded. */
export const amendmentsInWords = ({ amendments }: Chain, show: ShowMoment): string[] =>
  amendments.map((one) => amendmentInWords(one, show));

function amendmentInWords(one: ChainAmendment, show: ShowMoment): string {
  const { interactionId, kind, status, statusDetails, reason, evidence, amendedAt, amendedBy } =
    one;
  const state = [status, statusDetails].filter((word) => word !== null).join(" ");
  const since = one.happenedAt === null ? "" : ` since ${show(one.happenedAt)}`;
  const end = one.isInForce ? "" : " A later entry has ended this amendment.";
  return `Interaction ${interactionId} is ${state}${since}, because ${KINDS[kind]}: ${reason} (${evidence}). ${amendedBy} recorded this on ${show(amendedAt)}.${end}`;
}
