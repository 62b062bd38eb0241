import { wrongArguments } from "./arguments.ts";

/** The name is written into a setting of the connection, where a line break would begin another setting. */
export function readOperator(name: string | undefined): string {
  if (name === undefined || name === "")
    throw wrongArguments("--by is missing, and USER is not set: say who does this");
  if (!/^[\p{L}\p{N}._@+-]+( [\p{L}\p{N}._@+-]+)*$/u.test(name) || name.length > 64)
    throw wrongArguments(
      "--by must be a name of at most 64 letters, digits, spaces or . _ @ + -, and so must USER without it",
    );
  return name;
}

export function readReason(reason: string | undefined): string {
  const given = reason?.trim() ?? "";
  if (given === "")
    throw wrongArguments('--reason is missing: say why, such as --reason "sent by letter"');
  return given;
}
