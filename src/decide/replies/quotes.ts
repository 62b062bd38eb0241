/** The maximum length of a reaction: one of our texts and the words around it. */
const LONGEST_REACTION = 2_000;
/** A phone's report of a reaction, such as: Liked “Your payment is due”. The quoted words are ours. */
const REACTION =
  /^\s*(?:liked|loved|disliked|laughed at|emphasized|questioned|reacted .{1,20} to|le gust[oó]|le encant[oó]|no le gust[oó]|le dio risa|se ri[oó] de|destac[oó]|enfatiz[oó]|pregunt[oó] por|reaccion[oó] .{1,20} a|\p{Emoji}[^\p{L}]{0,8}(?:to|a))\s+["“«].*["”»]\s*$/isu;

/** True if a text message only reports a reaction to one of ours. */
export const isReaction = (text: string): boolean =>
  text.length <= LONGEST_REACTION && REACTION.test(text);

/** A person's addition to an email is short or at the beginning. */
const LONGEST_LETTER = 50_000;
/**
 * The line above a quoted message, as email programs write it in English and Spanish. They break it over two or three
 * lines.
 */
const LONG_ATTRIBUTION = /^\s*(?:on\b.{4,200}\bwrote|el\b.{4,200}\bescribi[oó])\s*:\s*$/iu;
const SHORT_ATTRIBUTION = /^\s*\S.{1,100}\bescribi[oó] el\b.{4,100}:\s*$/iu;
const isAttribution = (line: string): boolean =>
  LONG_ATTRIBUTION.test(line) || SHORT_ATTRIBUTION.test(line);

/** The line above a message that is quoted without marks. */
const QUOTED_BELOW =
  /^\s*(?:-{2,}\s*(?:original message|forwarded message|mensaje original|mensaje reenviado)|_{8,}\s*$|(?:from|de)\s*:\s*\S)/iu;
const SIGNATURE =
  /^(?:-- ?$|(?:sent from|get outlook for|enviado desde|obtener outlook para|descargar outlook)\b)/iu;
const QUOTE_MARK = /^\s*>/u;

/**
 * Returns the words that the writer of an email added: without quoted lines, the message quoted below, and the
 * signature. Our own messages explain how to opt out, and would read as an opt-out when quoted.
 */
export function withoutQuotes(text: string): string {
  const lines = joinAttributions(text.slice(0, LONGEST_LETTER).split(/\r?\n/u));
  const end = lines.findIndex((line, index) => endsReply(line, lines[index + 1] ?? ""));
  return lines
    .slice(0, end === -1 ? lines.length : end)
    .filter((line) => !QUOTE_MARK.test(line) && !isAttribution(line))
    .join("\n")
    .trim();
}

/** An attribution above marked lines is followed by an answer between or below them. */
function endsReply(line: string, next: string): boolean {
  if (QUOTED_BELOW.test(line) || SIGNATURE.test(line)) return true;
  return isAttribution(line) && !QUOTE_MARK.test(next);
}

/** Joins an attribution to one line, without the blank line that may follow it. */
function joinAttributions(lines: readonly string[]): string[] {
  const joined: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const size = sizeOfAttribution(lines.slice(at, at + 3));
    joined.push(lines.slice(at, at + Math.max(size, 1)).join(" "));
    at += Math.max(size, 1) - 1;
    if (size > 0 && lines[at + 1]?.trim() === "") at++;
  }
  return joined;
}

/** Returns how many of the lines form one attribution; 0 if they begin with none. */
function sizeOfAttribution(lines: readonly string[]): number {
  if (isAttribution(lines[0] ?? "")) return 1;
  return [2, 3].find((size) => LONG_ATTRIBUTION.test(lines.slice(0, size).join(" "))) ?? 0;
}
