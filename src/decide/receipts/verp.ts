import type { InteractionId } from "../../domain/ids.ts";
import { signToken, verifyToken, type TokenKind } from "../../domain/signed-token.ts";

/** 50 bits: a forger must send one email per guess, and a right guess bounces a single message. */
const VERP: TokenKind = { purpose: "verp", length: 10 };
/** RFC 5321, 4.5.3.1.1. */
const LONGEST_LOCAL_PART = 64;

/** Returns the token of an interaction for its bounce address. */
export const verpToken = (interactionId: InteractionId, keys: readonly Buffer[]): string =>
  signToken(VERP, interactionId, keys);

/**
 * Returns `bounces+TOKEN@domain`, the envelope sender of one message; null if the bounce address is too long or already
 * contains a plus sign.
 */
export function verpAddress(bounceAddress: string, token: string): string | null {
  const at = bounceAddress.lastIndexOf("@");
  const local = `${bounceAddress.slice(0, at)}+${token}`;
  const fits = at > 0 && !bounceAddress.slice(0, at).includes("+");
  return fits && local.length <= LONGEST_LOCAL_PART ? `${local}${bounceAddress.slice(at)}` : null;
}

/** Returns the interaction whose report came to a VERP address; null if we did not make the token. */
export const interactionOfVerp = (token: string, keys: readonly Buffer[]): InteractionId | null =>
  verifyToken(VERP, token, keys);
