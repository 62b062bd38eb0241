import type { Chain, ChainAmendment } from "../../domain/deliver/chain.ts";
import type { InteractionId } from "../../domain/ids.ts";
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

/** The amendment that counts for an attempt; undefined if its recorded status counts. */
export const amendmentInForce = (
  { amendments }: Chain,
  interactionId: InteractionId,
): ChainAmendment | undefined =>
  amendments.find((one) => one.isInForce && one.interactionId === interactionId);

/** Returns the correct status with its details. */
export const stateOf = ({ status, statusDetails }: ChainAmendment): string =>
  [status, statusDetails].filter((word) => word !== null).join(" ");

function amendmentInWords(one: ChainAmendment, show: ShowMoment): string {
  const { interactionId, kind, reason, evidence, amendedAt, amendedBy } = one;
  const since = one.happenedAt === null ? "" : ` since ${show(one.happenedAt)}`;
  const end = one.isInForce ? "" : " A later entry has ended this amendment.";
  return `Interaction ${interactionId} is ${stateOf(one)}${since}, because ${KINDS[kind]}: ${reason} (${evidence}). ${amendedBy} recorded this on ${show(amendedAt)}.${end}`;
}
