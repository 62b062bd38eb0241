import type { ChainId } from "../../domain/ids.ts";
import { signToken, verifyToken, type TokenKind } from "../../domain/signed-token.ts";

/**
 * 50 bits: a forger must send one email per guess, and a right guess bounces a single message. Only its recipient and the servers on
 * its way see the Message-ID.
 */
const MESSAGE_ID: TokenKind = { purpose: "messageId", length: 10 };

/**
 * Returns the part of a Message-ID before the @: the same for all attempts of a chain, so that a mail program shows a message that was
 * sent again once. It is signed, because the consecutive ids of chains can be guessed. Without a key it is not, for a preview.
 */
export const messageIdLocalPart = (chainId: ChainId, keys: readonly Buffer[]): string =>
  `tidings.${keys.length === 0 ? chainId : signToken(MESSAGE_ID, chainId, keys)}`;

/** True if Tidings has signed this Message-ID, given without angle brackets. */
export function isOurMessageId(messageId: string, keys: readonly Buffer[]): boolean {
  const token = /^tidings\.([^@]+)@/u.exec(messageId)?.[1];
  return token !== undefined && verifyToken(MESSAGE_ID, token, keys) !== null;
}
