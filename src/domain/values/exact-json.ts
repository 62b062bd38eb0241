declare const exactNumber: unique symbol;

/**
 * A JSON number that a double cannot hold, such as 9007199254740993 or 0.10000000000000000001: an object of the runtime
 * that keeps the number as it was written. `JSON.stringify` writes it unchanged.
 */
export interface ExactNumber {
  readonly rawJSON: string;
  readonly [exactNumber]: true;
}

declare global {
  /** The JSON.parse source text access proposal, which Node 24 has and TypeScript's library does not describe yet. */
  interface JSON {
    parse(
      text: string,
      reviver: (key: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown;
    rawJSON(text: string): ExactNumber;
    isRawJSON(value: unknown): value is ExactNumber;
  }
}

/**
 * A number of at most 15 digits survives a double. A reviver takes eight times as long, so it is not used for the digits inside of texts,
 * such as those of a UUID.
 */
const MAY_BE_INEXACT = /(?:^|[[:,\s])-?\d(?:[\d.]{15}|[\d.]*[eE])/;
const PARTS = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Parses JSON as `JSON.parse` does, but keeps a number that a double cannot hold as an ExactNumber. */
export function parseExactJson(text: string): unknown {
  if (!MAY_BE_INEXACT.test(text)) return JSON.parse(text) as unknown;
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && !isSameNumber(source, String(value))
      ? JSON.rawJSON(source)
      : value,
  );
}

/** Returns the exact text of a JSON number; undefined for every other value and for numbers that are not finite. */
export function numberText(value: unknown): string | undefined {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : undefined;
  return JSON.isRawJSON(value) ? value.rawJSON : undefined;
}

function isSameNumber(one: string, other: string): boolean {
  const [first, second] = [canonical(one), canonical(other)];
  return first !== null && first === second;
}

/** Returns the same text for numbers of equal value; null for numbers that are not finite. */
function canonical(number: string): string | null {
  const match = PARTS.exec(number);
  if (match === null) return null;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  const digits = (whole + fraction).replace(/^0+/, "");
  const significant = digits.replace(/0+$/, "");
  if (significant === "") return "0";
  const power = Number(exponent) - fraction.length + (digits.length - significant.length);
  return `${sign}${significant}e${power}`;
}
