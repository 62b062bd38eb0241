import type { ConstraintErrors } from "../core/constraint-errors.ts";

/** The constraints of interactions, with the field of the resource that each is about. */
export const INTERACTION_CONSTRAINTS: ConstraintErrors = {
  interactions_external_id_is_unique: [409, "externalId", "belongs to another interaction"],
  interactions_status_moves_along_the_diagram: [
    409,
    "status",
    "cannot follow the present status; a canceled or failed interaction stays so, and no status goes back",
  ],
  amendments_are_of_notices: [409, "interactionId", "was logged by others; change it instead"],
  amendments_are_of_known_outcomes: [
    409,
    "interactionId",
    "has an unknown outcome; settle it instead",
  ],
  amendments_are_of_sent_messages: [409, "interactionId", "was never with a provider"],
  amendments_wait_for_later_attempts: [
    409,
    "interactionId",
    "has a later attempt that is not finished",
  ],
  amendments_of_receipts_have_a_receipt: [409, "kind", "does not fit: there is no receipt"],
  amendments_of_settlements_have_a_settlement: [409, "kind", "does not fit: it was not settled"],
  amendments_of_losses_were_accepted: [409, "kind", "does not fit: no provider has accepted it"],
  amendments_lost_messages_have_failed: [422, "status", "must be failed for a lost message"],
  amendments_happened_at_is_not_in_the_future: [422, "happenedAt", "is in the future"],
  amendments_happened_at_follows_the_call: [422, "happenedAt", "is before the message was sent"],
  amendments_change_the_outcome: [409, "status", "is the present one already"],
  interactions_person_is_known: [422, "personId", "there is no such person"],
  interactions_previous_interaction_is_known: [
    422,
    "previousInteractionId",
    "names no interaction",
  ],
};
