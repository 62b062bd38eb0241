import type { ContactEffect } from "./table.ts";

/** The possible results of a line-type lookup. */
export type LineType = "mobile" | "landline" | "voip" | "tollfree" | "unknown";

/**
 * Returns the effects on a contact of the lookup that follows a failed text. Only a landline is known to receive no
 * texts.
 */
export function effectsOfLineType(lineType: LineType): ContactEffect[] {
  return lineType === "landline" ? [{ kind: "notTextable" }] : [];
}
