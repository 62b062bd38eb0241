import type { ConstraintErrors } from "../core/constraint-errors.ts";

/** The constraints of interactions, with the field of the resource that each is about. */
export const INTERACTION_CONSTRAINTS: ConstraintErrors = {
  interactions_external_id_is_unique: [409, "externalId", "belongs to another interaction"],
  interactions_status_moves_along_the_diagram: [
    409,
    "status",
    "cannot follow the present status; a canceled or failed interaction stays so, and no status goes back",
  ],
  interactions_person_is_known: [422, "personId", "there is no such person"],
  interactions_previous_interaction_is_known: [
    422,
    "previousInteractionId",
    "names no interaction",
  ],
};
