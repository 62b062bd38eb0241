const MAX_LENGTH = 200;

/** The path of a field in a request, as errors name it: `onCondition[0].fieldName`. */
export const fieldPath = (path: readonly PropertyKey[]): string =>
  path
    .reduce<string>((outer, key) => {
      if (typeof key === "number") return `${outer}[${key}]`;
      return outer === "" ? String(key) : `${outer}.${String(key)}`;
    }, "")
    .slice(0, MAX_LENGTH);
