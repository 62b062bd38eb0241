const LONGEST = 200;

/** A path into what was sent, as errors name it: `onCondition[0].fieldName`. */
export const fieldPath = (path: readonly PropertyKey[]): string =>
  path
    .reduce<string>((outer, key) => {
      if (typeof key === "number") return `${outer}[${key}]`;
      return outer === "" ? String(key) : `${outer}.${String(key)}`;
    }, "")
    .slice(0, LONGEST);
