import { Fault } from "../../domain/fault.ts";

/** What is wrong with the words of a command, as a sentence that says what to do. */
export const wrongArguments = (sentence: string): Fault => new Fault("ARGUMENTS_INVALID", sentence);

/** Refuses a file that cannot be read or written, when it is tried; `what` is such as `--file x cannot be read`. */
export const unusable =
  (what: string) =>
  (error: unknown): never => {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    throw wrongArguments(`${what} (${code})`);
  };

/** The one option of `names` that is given, with its value. Throws when none is, or more than one. */
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

const LARGEST_ID = 2n ** 63n - 1n;

/** An id of ours: a whole number from 1 that fits `most`, the largest bigint unless given. `what` names it in the refusal. */
export function readId(what: string, text: string, most: bigint = LARGEST_ID): string {
  if (!/^\d{1,19}$/.test(text) || BigInt(text) < 1n || BigInt(text) > most)
    throw wrongArguments(`${what} must be a whole number from 1 to ${most}, not "${text}"`);
  return BigInt(text).toString();
}
