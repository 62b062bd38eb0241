import type { ContactEffect } from "./table.ts";

/** What a line-type lookup can answer about a number. */
export type LineType = "mobile" | "landline" | "voip" | "tollfree" | "unknown";

/** What the lookup that a failed text asked for says of the contact. Only a landline is known to take no texts. */
export function effectsOfLineType(lineType: LineType): ContactEffect[] {
  return lineType === "landline" ? [{ kind: "notTextable" }] : [];
}
