/** Matches a pattern in which `*` means any text; upper and lower case are equal. */
function readPattern(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .split("*")
      .map((part) => RegExp.escape(part))
      .join(".*")}$`,
    "i",
  );
}

/** Returns true if a recipient is allowed. Null allows everybody. Patterns are, for example, `*@example.com` and `+1614*`. */
export function isAllowed(recipient: string, patterns: readonly string[] | null): boolean {
  if (patterns === null) return true;
  return patterns.some((pattern) => readPattern(pattern).test(recipient));
}
