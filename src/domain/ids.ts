declare const kind: unique symbol;
/** A text that the compiler takes only where an id of this kind belongs. */
type Id<Kind extends string> = string & { readonly [kind]: Kind };

/** The id of an interaction: one attempt to send a notice, or a logged communication. */
export type InteractionId = Id<"interaction">;
/** The id of a case change. */
export type CaseChangeId = Id<"caseChange">;

/** The largest id that the database can number a row with. */
export const LARGEST_ID = 2n ** 63n - 1n;

/** A whole number in digits, to the largest; undefined for any other text. No row has the id 0, but a list can begin after it. */
function parseNumber(text: string): string | undefined {
  if (!/^\d{1,19}$/.test(text)) return undefined;
  const number = BigInt(text);
  return number <= LARGEST_ID ? number.toString() : undefined;
}

/** Reads the id of an interaction that came from outside; undefined for a text that cannot be one. */
export const parseInteractionId = (text: string): InteractionId | undefined =>
  parseNumber(text) as InteractionId | undefined;

/** Reads the id of a case change that came from outside; undefined for a text that cannot be one. */
export const parseCaseChangeId = (text: string): CaseChangeId | undefined =>
  parseNumber(text) as CaseChangeId | undefined;

/** Stands for an interaction that is only forecast: no row has this id. */
export const FORECAST_ID = "0" as InteractionId;
