/** What a text message costs: carriers bill by the segment. */
export interface Segments {
  readonly encoding: "GSM-7" | "UCS-2";
  /** Septets or UTF-16 code units. */
  readonly units: number;
  readonly segments: number;
}

/** 3GPP TS 23.038, section 6.2.1. */
const BASIC = new Set(
  "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà",
);
/** Section 6.2.1.1: each is an escape and a character. */
const EXTENSION = new Set("\f^{}\\[~]|€");

const GSM_7 = new RegExp(`^[${RegExp.escape([...BASIC, ...EXTENSION].join(""))}]*$`);

/** The second number is what the header of a message in parts leaves, 3GPP TS 23.040 section 9.2.3.24.1. */
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
/** Up to white space, without the closing quote or the dots a writer put behind it. */
const LINK = /(https?:\/\/\S*?(?=[”’…]*(?:\s|$)))/i;

/** Counts exactly: no part ends within an escaped character or a surrogate pair. */
export function segmentsOf(text: string): Segments {
  const encoding = isGsm7(text) ? "GSM-7" : "UCS-2";
  const costs = Array.from(text, encoding === "GSM-7" ? septets : (character) => character.length);
  const units = costs.reduce((sum, cost) => sum + cost, 0);
  const [whole, part] = LIMITS[encoding];
  return { encoding, units, segments: units <= whole ? Math.sign(units) : partsOf(costs, part) };
}

/**
 * Writes smart quotes, dashes, dots and spaces plainly, so that a text fits in GSM-7. A text that needs UCS-2 all
 * the same stays as it is, and so does every link.
 */
export function foldToGsm7(text: string): string {
  const folded = text
    .split(LINK)
    .map((piece, index) => (index % 2 === 1 ? piece : fold(piece)))
    .join("");
  return isGsm7(folded) ? folded : text;
}

function fold(piece: string): string {
  return piece.replaceAll(FOLDABLE, (character) => FOLDED[character] ?? character);
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
