import { Fault } from "../../domain/fault.ts";
import { LARGEST_ID, parseCaseChangeId, parseInteractionId } from "../../domain/ids.ts";
import type { CaseChangeId, InteractionId } from "../../domain/ids.ts";
import { didYouMean } from "../../domain/values/did-you-mean.ts";

/** Returns a fault for an invalid command line. The sentence states how to correct it. */
export const wrongArguments = (sentence: string): Fault => new Fault("ARGUMENTS_INVALID", sentence);

/** Returns a fault for something that a command names and that is not on record. */
export const notFound = (sentence: string): Fault => new Fault("NOT_FOUND", sentence);

/**
 * Throws ARGUMENTS_INVALID if one of these options is given without what it is about. An option that is ignored would look as if it
 * had had an effect. `needed` names what is missing.
 */
export function refuseAlone(options: object, names: readonly string[], needed: string): void {
  const given = names.find((name) => name in options);
  if (given !== undefined) throw wrongArguments(`--${given} needs ${needed}`);
}

/** Error codes of the file system in words. */
const FILE_ERRORS: Readonly<Record<string, string>> = {
  EACCES: ": this user has no right to it",
  EEXIST: ": it exists already",
  ENOENT: ": there is no such file or folder",
};

/**
 * Returns a handler that refuses a file that cannot be read or written. `what` is a clause such as `--file x cannot be
 * read`.
 */
export const unusable =
  (what: string) =>
  (error: unknown): never => {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw wrongArguments(`${what} (${code})${FILE_ERRORS[code] ?? ""}`);
  };

/** Returns the one given option of `names` and its value. Throws if none or more than one is given. */
export function onlyOne<Name extends string, Value>(
  options: { readonly [Each in Name]?: Value },
  names: readonly Name[],
): readonly [Name, Value] {
  const given = names.flatMap((name) => {
    const value = options[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const [only, another] = given;
  if (only !== undefined && another === undefined) return only;
  throw wrongArguments(`give one of ${names.map((name) => `--${name}`).join(", ")}`);
}

/** The id of an interaction. `what` names it in the refusal. */
export const readInteractionId = (what: string, text: string): InteractionId =>
  parseInteractionId(text) ?? refuse(what, text, LARGEST_ID);

/** The id of a case change. `what` names it in the refusal. */
export const readCaseChangeId = (what: string, text: string): CaseChangeId =>
  parseCaseChangeId(text) ?? refuse(what, text, LARGEST_ID);

/** A word of a closed list. `option` names it in the refusal. */
export function oneOf<Word extends string>(
  option: string,
  word: string,
  known: readonly Word[],
): Word {
  const found = known.find((one) => one === word);
  if (found !== undefined) return found;
  const hint = didYouMean(word, known);
  throw wrongArguments(`${option} must be one of ${known.join(", ")}, not "${word}".${hint}`);
}

/** The largest number that fits an id of 32 bits. */
const LARGEST_INT = 2 ** 31 - 1;

/** A whole number from 1 to `most`. `what` names it in the refusal. */
export function readWhole(what: string, text: string, most: number = LARGEST_INT): number {
  const number = Number(text);
  return /^\d{1,19}$/.test(text) && number >= 1 && number <= most
    ? number
    : refuse(what, text, most);
}

function refuse(what: string, text: string, most: number | bigint): never {
  throw wrongArguments(`${what} must be a whole number from 1 to ${most}, not "${text}"`);
}
