/** A reply code and an enhanced status code from a text. */
export interface StatusCode {
  readonly enhanced: string | null;
  readonly reply: number | null;
}

const ENHANCED = /(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])/u;
const REPLY_AND_ENHANCED = /(?<!\d)([245]\d\d)[ \-:#<]*([245]\.\d{1,3}\.\d{1,3})(?![\d.])/u;
/** A reply code is at the beginning, or after a colon, a quotation mark or a type such as `smtp;`. */
const REPLY =
  /(?:^|[:;"'(<>]|said|response|error|status|returned|with|code)[ \t]*([45]\d\d)(?=[ \-:#]|$)/imu;

/** Reads the codes in a diagnostic text or in a line of a report. */
export function statusCodeIn(text: string): StatusCode {
  const [, both, enhancedOfBoth] = REPLY_AND_ENHANCED.exec(text) ?? [];
  if (both !== undefined && enhancedOfBoth !== undefined)
    return { reply: Number(both), enhanced: enhancedOfBoth };
  const reply = REPLY.exec(text)?.[1];
  return {
    reply: reply === undefined ? null : Number(reply),
    enhanced: enhancedIn(text),
  };
}

/** Returns the first enhanced code, such as 5.1.1. An address such as 192.0.2.1 does not count. */
export const enhancedIn = (text: string): string | null => ENHANCED.exec(text)?.[0] ?? null;
