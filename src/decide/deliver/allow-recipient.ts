/** Reads a pattern in which `*` stands for any text. Upper and lower case are equal. */
function readPattern(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .split("*")
      .map((part) => RegExp.escape(part))
      .join(".*")}$`,
    "i",
  );
}

/** True if a recipient is allowed. Null allows every recipient. Patterns are, for example, `*@example.com` and `+1614*`. */
export function isAllowed(recipient: string, patterns: readonly string[] | null): boolean {
  if (patterns === null) return true;
  return patterns.some((pattern) => readPattern(pattern).test(recipient));
}
