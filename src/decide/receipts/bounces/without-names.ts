import { scrub } from "../../../domain/values/scrub.ts";

/**
 * Removes the recipients from a server's words. Addresses are found by their form. The part before the @ is removed
 * too, however short, because some servers name it alone. Null if nothing remains.
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
