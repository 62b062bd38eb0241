import type { InteractionId } from "../src/domain/ids.ts";

/** An id of an interaction, for tests that know it as text or number. */
export const interaction = (id: string | number): InteractionId => String(id) as InteractionId;
