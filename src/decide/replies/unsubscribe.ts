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
