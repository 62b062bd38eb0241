import type { ConstraintErrors } from "../core/constraint-errors.ts";

/** What the database refuses of interactions, and which field of the resource it means. */
export const INTERACTION_RULES: ConstraintErrors = {
  interactions_external_id_is_unique: [409, "externalId", "is another interaction's already"],
  interactions_status_moves_along_the_diagram: [
    409,
    "status",
    "cannot be reached from where the interaction stands: what is canceled or failed stays so, and nothing goes back",
  ],
  interactions_person_is_known: [422, "personId", "names no person"],
  interactions_previous_interaction_is_known: [
    422,
    "previousInteractionId",
    "names no interaction",
  ],
};
