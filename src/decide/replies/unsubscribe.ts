import type { InteractionId } from "../../domain/ids.ts";
import { signToken, verifyToken, type TokenKind } from "../../domain/signed-token.ts";

/** 130 bits: the address is public, and anybody may try tokens at it. */
const UNSUBSCRIBE: TokenKind = { purpose: "unsubscribe", length: 26 };

/** The token of a link that opts out the address to which an interaction went. It does not expire: laws ask for 30 days at least. */
export const unsubscribeToken = (interactionId: InteractionId, keys: readonly Buffer[]): string =>
  signToken(UNSUBSCRIBE, interactionId, keys);

/** The interaction of an opt-out link; null where we did not make it. */
export const interactionOfLink = (token: string, keys: readonly Buffer[]): InteractionId | null =>
  verifyToken(UNSUBSCRIBE, token, keys);

/** What an email is, as far as opting out of it goes. */
export interface OptOutNeeds {
  /** Its primary purpose is commercial: 16 CFR 316. */
  readonly isMarketing: boolean;
  /** It is an electronic collection message: 12 CFR 1006.6(e). */
  readonly isCollection: boolean;
}

/**
 * How an email is opted out of. The one-click headers belong on marketing alone: on a notice that the law requires, a
 * mail program's unsubscribe button would promise what must not be kept.
 */
export function optOutMeans({ isMarketing, isCollection }: OptOutNeeds): {
  readonly headers: boolean;
  readonly linkInBody: boolean;
} {
  return { headers: isMarketing, linkInBody: isMarketing || isCollection };
}

/** The headers of RFC 8058, which asks for https; null where the link has another scheme. DKIM must sign both. */
export function unsubscribeHeaders(link: string): Readonly<Record<string, string>> | null {
  if (!/^https:\/\/[^\s<>]+$/u.test(link)) return null;
  return {
    "List-Unsubscribe": `<${link}>`,
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
  };
}

/** A call of the address that an email's opt-out link and its List-Unsubscribe header name. */
export interface UnsubscribeCall {
  readonly method: string;
  /** Whether the link is one of ours, unchanged. */
  readonly isGenuine: boolean;
}

export interface UnsubscribeAnswer {
  readonly http: 200 | 404 | 405;
  /** Whether the address is opted out now. It may have been before; the second call changes nothing more. */
  readonly optsOut: boolean;
}

/**
 * What a call does. RFC 8058 wants a POST to act at once, without a login, a cookie or a redirect. A GET shows a page
 * with a button and never changes anything: link scanners of mail servers fetch every link.
 */
export function answerUnsubscribe({ method, isGenuine }: UnsubscribeCall): UnsubscribeAnswer {
  if (!["GET", "HEAD", "POST"].includes(method)) return { http: 405, optsOut: false };
  if (!isGenuine) return { http: 404, optsOut: false };
  return { http: 200, optsOut: method === "POST" };
}
