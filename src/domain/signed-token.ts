import { createHmac, timingSafeEqual } from "node:crypto";
import { type ChainId, type InteractionId, parseInteractionId } from "./ids.ts";

/** RFC 4648 base32 in lower case, because mail servers and people change the case of copied text. */
const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

/** The purpose of a token. A token is not valid for another purpose. */
export interface TokenKind {
  readonly purpose: string;
  /** Characters of the signature, 5 bits each. */
  readonly length: number;
}

/**
 * Returns `ID-SIGNATURE`, which names an interaction or a chain and proves that we made it. The first key signs. Throws RangeError
 * without a key.
 */
export function signToken(
  kind: TokenKind,
  id: InteractionId | ChainId,
  keys: readonly Buffer[],
): string {
  const [key] = keys;
  if (key === undefined) throw new RangeError("a token needs a key");
  return `${id}-${signatureOf(kind, id, key)}`;
}

/**
 * Returns the interaction that a token names; null if none of the keys made it. Compares in constant time. Replaced
 * keys stay in the list for as long as their tokens may come back.
 */
export function verifyToken(
  kind: TokenKind,
  token: string,
  keys: readonly Buffer[],
): InteractionId | null {
  const [, id, given] = /^(\d{1,19})-([a-z2-7]+)$/u.exec(token.toLowerCase()) ?? [];
  if (id === undefined || given?.length !== kind.length) return null;
  const matches = keys.map((key) => isSame(signatureOf(kind, id, key), given));
  return matches.includes(true) ? (parseInteractionId(id) ?? null) : null;
}

const isSame = (right: string, given: string): boolean =>
  timingSafeEqual(Buffer.from(right), Buffer.from(given));

function signatureOf({ purpose, length }: TokenKind, id: string, key: Buffer): string {
  const mac = createHmac("sha256", key).update(`${purpose}\n${id}`).digest();
  return base32(mac).slice(0, length);
}

function base32(bytes: Buffer): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const groups = bits.match(/.{5}/gu) ?? [];
  return groups.map((group) => ALPHABET.charAt(Number.parseInt(group, 2))).join("");
}
