import type { InteractionId } from "../../domain/ids.ts";
import { signToken, verifyToken, type TokenKind } from "../../domain/signed-token.ts";

/** 50 bits: a forger must send a mail for each guess, and a right one bounces a single message. */
const VERP: TokenKind = { purpose: "verp", length: 10 };
/** RFC 5321, 4.5.3.1.1. */
const LONGEST_LOCAL_PART = 64;

/** The token of an interaction in the address to which its reports come back. */
export const verpToken = (interactionId: InteractionId, keys: readonly Buffer[]): string =>
  signToken(VERP, interactionId, keys);

/**
 * `bounces+TOKEN@domain`, for the envelope of one message; null where the bounce address leaves no room for it or has a
 * plus sign of its own.
 */
export function verpAddress(bounceAddress: string, token: string): string | null {
  const at = bounceAddress.lastIndexOf("@");
  const local = `${bounceAddress.slice(0, at)}+${token}`;
  const fits = at > 0 && !bounceAddress.slice(0, at).includes("+");
  return fits && local.length <= LONGEST_LOCAL_PART ? `${local}${bounceAddress.slice(at)}` : null;
}

/** The interaction whose report came to a VERP address; null where we did not make the token. */
export const interactionOfVerp = (token: string, keys: readonly Buffer[]): InteractionId | null =>
  verifyToken(VERP, token, keys);
