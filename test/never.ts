/** A limit later than the end of any test: what ends before it has ended for another reason (ms). */
export const NEVER_MS = 600_000;
