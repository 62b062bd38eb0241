import { scrub } from "../../../domain/scrub.ts";

/**
 * A server's words without the recipients. Addresses are known by their form; what stands before the @ is taken out as
 * well, however short, because some servers name it alone. Null where nothing is left.
 */
export function withoutNames(words: string, addresses: readonly string[]): string | null {
  const bare = addresses.map((address) => address.replaceAll(/[<>]/gu, "").trim());
  const locals = bare.map((address) => address.split("@")[0] ?? "");
  const short = locals.filter((local) => local !== "" && local.length <= 2);
  const kept = short.reduce((text, local) => text.replaceAll(asWord(local), "[removed]"), words);
  return scrub(kept, [...bare, ...locals]) || null;
}

const asWord = (word: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}])${RegExp.escape(word)}(?![\\p{L}\\p{N}])`, "giu");
