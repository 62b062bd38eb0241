import { z } from "zod";
import { didYouMean } from "./did-you-mean.ts";

type Issue = z.core.$ZodIssue;

/** By the list of unknown keys, which each issue has for itself. */
const ofKeys = new WeakMap<readonly string[], ReadonlyMap<string, string>>();

/*
 * An issue has neither the fields that its schema knows nor the value, and validators of requests pass no options. The
 * words of a closed list are part of the message; the value never is.
 */
z.config({
  customError: (issue) => {
    if (issue.code === "unrecognized_keys") {
      const { shape = {} } = (issue.inst ?? {}) as Partial<Pick<z.ZodObject, "shape">>;
      const known = Object.keys(shape);
      ofKeys.set(issue.keys, new Map(issue.keys.map((key) => [key, didYouMean(key, known)])));
    }
    if (issue.code !== "invalid_value" || typeof issue.input !== "string") return undefined;
    return sayOneOf(issue.values) + sayNear(issue.input, issue.values.map(String));
  },
});

/** `must be one of "sandbox", "live"` */
const sayOneOf = (values: readonly z.core.util.Primitive[]): string =>
  `must be one of ${values.map((value) => JSON.stringify(value)).join(", ")}`;

const sayNear = (word: string, known: readonly string[]): string => {
  const hint = didYouMean(word, known);
  return hint === "" ? "" : `.${hint}`;
};

/** Returns ` Did you mean …?` for a field that the schema does not know, or an empty text. */
export const suggestField = (issue: Issue & { code: "unrecognized_keys" }, key: string): string =>
  ofKeys.get(issue.keys)?.get(key) ?? "";

/** Says which words a field may have, with the one that was probably meant. */
const sayWords = ({ message, values }: Issue & { code: "invalid_value" }): string =>
  message.startsWith("must be one of ") ? message : sayOneOf(values);

/** Says what a field must be. The value is never repeated. */
export function sayIssue(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.message.endsWith("received undefined")
        ? "is required"
        : `must be ${typeWord(issue.expected)}`;
    case "invalid_value":
      return sayWords(issue);
    case "too_big":
      if (!issue.message.startsWith("Too ")) return issue.message;
      return `must be ${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}${unitOf(issue.origin)}`;
    case "too_small":
      if (!issue.message.startsWith("Too ")) return issue.message;
      return `must be ${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}${unitOf(issue.origin)}`;
    default:
      return issue.message;
  }
}

const typeWord = (type: string): string => {
  if (type === "int") return "a whole number";
  if (type === "record") return "an object";
  return /^[aeiou]/.test(type) ? `an ${type}` : `a ${type}`;
};

const unitOf = (origin: string): string => {
  if (origin === "string") return " characters long";
  return origin === "array" ? " entries long" : "";
};
