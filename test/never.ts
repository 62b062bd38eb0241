/** A limit later than the end of any test (ms). A call that ends before it ended for another reason. */
export const NEVER_MS = 600_000;
