/** The size of a text message. Mobile carriers bill by the segment. */
export interface Segments {
  readonly encoding: "GSM-7" | "UCS-2";
  /** The length in septets (GSM-7) or UTF-16 code units (UCS-2). */
  readonly units: number;
  readonly segments: number;
}

/** The basic alphabet of 3GPP TS 23.038, section 6.2.1. */
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** The extension table of section 6.2.1.1. Each character takes two septets: an escape and a code. */
const EXTENSION = new Set("\f^{}\\[~]|€");

const GSM_7 = new RegExp(`^[${RegExp.escape([...BASIC, ...EXTENSION].join(""))}]*$`);

/** Units in a single message, and in each part of a concatenated one after its header (3GPP TS 23.040, section 9.2.3.24.1). */
const LIMITS = { "GSM-7": [160, 153], "UCS-2": [70, 67] } as const;

const FOLDED: Readonly<Record<string, string>> = {
  "‘": "'",
  "’": "'",
  "‚": "'",
  "′": "'",
  "“": '"',
  "”": '"',
  "„": '"',
  "″": '"',
  "‐": "-",
  "‑": "-",
  "–": "-",
  "—": "-",
  "−": "-",
  "…": "...",
  "\u00A0": " ",
  "\u2009": " ",
  "\u202F": " ",
};
const FOLDABLE = new RegExp(`[${Object.keys(FOLDED).join("")}]`, "gu");
/** A link up to the next white space, without closing quotes or dots that follow it. */
const LINK = /(https?:\/\/\S*?(?=[”’…]*(?:\s|$)))/i;

/** Counts the segments exactly. A part never ends inside an escaped character or a surrogate pair. */
export function segmentsOf(text: string): Segments {
  const encoding = isGsm7(text) ? "GSM-7" : "UCS-2";
  const costs = Array.from(text, encoding === "GSM-7" ? septets : (character) => character.length);
  const units = costs.reduce((sum, cost) => sum + cost, 0);
  const [whole, part] = LIMITS[encoding];
  return { encoding, units, segments: units <= whole ? Math.sign(units) : partsOf(costs, part) };
}

/**
 * Replaces smart quotes, dashes, ellipses and special spaces by plain ones, so that a text fits in GSM-7. Links stay as
 * they are. A text that still needs UCS-2 afterwards is returned unchanged.
 */
export function foldToGsm7(text: string): string {
  const folded = text
    .split(LINK)
    .map((fragment, index) => (index % 2 === 1 ? fragment : fold(fragment)))
    .join("");
  return isGsm7(folded) ? folded : text;
}

/**
 * Says which characters make a text UCS-2, and how many segments it would take with plain ones in their place. Returns null
 * for a text in GSM-7.
 */
export function explainUcs2(text: string): string | null {
  if (isGsm7(text)) return null;
  const outside = Array.from(fold(text)).filter((character) => !isGsm7(character));
  const different = [...new Set(outside)];
  const shown = different.slice(0, SHOWN_CHARACTERS).map(visible);
  const more = different.length - shown.length;
  const list = new Intl.ListFormat("en").format(more > 0 ? [...shown, `${more} others`] : shown);
  const { segments } = segmentsOf(Array.from(fold(text), plain).join(""));
  const without = `without ${different.length === 1 ? "it" : "them"} the text would take ${segments}`;
  return `${list} make${different.length === 1 ? "s" : ""} it UCS-2; ${without}.`;
}

const SHOWN_CHARACTERS = 10;

/** Combining marks, spaces and control characters cannot be seen, so they are shown by their number. */
const visible = (character: string): string =>
  /[\p{C}\p{M}\p{Z}]/u.test(character)
    ? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`
    : character;

/** The letter without its accent, or a character of the same length in GSM-7. */
function plain(character: string): string {
  if (isGsm7(character)) return character;
  const [base = ""] = character.normalize("NFD");
  return isGsm7(base) ? base : "?";
}

function fold(fragment: string): string {
  return fragment.replaceAll(FOLDABLE, (character) => FOLDED[character] ?? character);
}

const isGsm7 = (text: string): boolean => GSM_7.test(text);

function septets(character: string): number {
  return EXTENSION.has(character) ? 2 : 1;
}

function partsOf(costs: readonly number[], limit: number): number {
  let parts = 1;
  let used = 0;
  for (const cost of costs) {
    const fits = used + cost <= limit;
    parts += fits ? 0 : 1;
    used = fits ? used + cost : cost;
  }
  return parts;
}
