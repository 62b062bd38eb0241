/** Matches everything that begins, ends or goes on with anything where the pattern has a `*`; letters in any case. */
function readPattern(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .split("*")
      .map((part) => RegExp.escape(part))
      .join(".*")}$`,
    "i",
  );
}

/** Whether a recipient may be sent to. Null allows everybody; patterns are such as `*@example.com` and `+1614*`. */
export function isAllowed(recipient: string, patterns: readonly string[] | null): boolean {
  if (patterns === null) return true;
  return patterns.some((pattern) => readPattern(pattern).test(recipient));
}
