import type { InteractionId } from "../../domain/ids.ts";
import { signToken, verifyToken, type TokenKind } from "../../domain/signed-token.ts";

/** 130 bits: the address is public, and anyone can try tokens. */
const UNSUBSCRIBE: TokenKind = { purpose: "unsubscribe", length: 26 };

/**
 * Returns the token of a link that opts out the address to which an interaction went. It does not expire: laws require
 * at least 30 days.
 */
export const unsubscribeToken = (interactionId: InteractionId, keys: readonly Buffer[]): string =>
  signToken(UNSUBSCRIBE, interactionId, keys);

/** Returns the interaction of an opt-out link; null if we did not make the link. */
export const interactionOfLink = (token: string, keys: readonly Buffer[]): InteractionId | null =>
  verifyToken(UNSUBSCRIBE, token, keys);

/** The path of the page that opts out an address, without the token. */
export const OPT_OUT_PATH = "/opt-out";

/** The address of this installation and the keys that sign its links. A parameter `links` is null if it has no public address. */
export interface Links {
  /** Without a slash at its end. */
  readonly publicUrl: string;
  readonly keys: readonly Buffer[];
}

/** Returns the link that opts out the address to which an interaction goes. */
export const optOutLink = ({ publicUrl, keys }: Links, interactionId: InteractionId): string =>
  `${publicUrl}${OPT_OUT_PATH}/${unsubscribeToken(interactionId, keys)}`;

/** Returns the headers of RFC 8058, which requires https; null if the link has another scheme. DKIM must sign both. */
export function unsubscribeHeaders(link: string): Readonly<Record<string, string>> | null {
  if (!/^https:\/\/[^\s<>]+$/u.test(link)) return null;
  return {
    "List-Unsubscribe": `<${link}>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
}

/** A call of the address in an email's opt-out link and List-Unsubscribe header. */
export interface UnsubscribeCall {
  readonly method: string;
  /** True if the link is one of ours and unchanged. */
  readonly isGenuine: boolean;
}

export interface UnsubscribeAnswer {
  readonly http: 200 | 404 | 405;
  /** True if the address is opted out now. It may have been before: a second call changes nothing more. */
  readonly optsOut: boolean;
}

/**
 * Decides the effect of a call. RFC 8058 requires that a POST acts at once, without a login, a cookie or a redirect. A
 * GET shows a page with a button and never changes anything, because link scanners of mail servers fetch every link.
 */
export function answerUnsubscribe({ method, isGenuine }: UnsubscribeCall): UnsubscribeAnswer {
  if (!["GET", "HEAD", "POST"].includes(method)) return { http: 405, optsOut: false };
  if (!isGenuine) return { http: 404, optsOut: false };
  return { http: 200, optsOut: method === "POST" };
}
