import { wrongArguments } from "./arguments.ts";

/** The option that names the operator. */
export const BY_OPTION = {
  by: { type: "string", value: "NAME", message: "the name of the operator (default $USER)" },
} as const;

/** The option with the reason, for what is recorded with one. */
export const REASON_OPTION = {
  reason: { type: "string", value: "TEXT", message: "why, for the record" },
} as const;

/**
 * The name of the operator: `by`, or $USER without it. Throws ARGUMENTS_INVALID if both are missing, or if the name has other
 * characters. The name is written into a setting of the connection, where a line break would begin another setting.
 */
export function readOperator(by: string | undefined): string {
  const name = by ?? process.env["USER"];
  if (name === undefined || name === "")
    throw wrongArguments("--by is missing, and USER is not set: give the name of the operator");
  if (!/^[\p{L}\p{N}._@+-]+( [\p{L}\p{N}._@+-]+)*$/u.test(name) || name.length > 64)
    throw wrongArguments(
      "--by must be a name of at most 64 letters, digits, spaces or . _ @ + -, and so must USER without it",
    );
  return name;
}

/** The database keeps at most so many characters of a reason. */
const LONGEST_REASON = 1_000;

/** The reason without spaces around it. Throws ARGUMENTS_INVALID if it is missing or empty. */
export function readReason(reason: string | undefined): string {
  const given = reason?.trim() ?? "";
  if (given === "")
    throw wrongArguments('--reason is missing: give the reason, such as --reason "sent by letter"');
  const { length } = Array.from(given);
  if (length > LONGEST_REASON)
    throw wrongArguments(
      `--reason has ${length.toLocaleString("en-US")} characters: use at most 1,000`,
    );
  return given;
}
