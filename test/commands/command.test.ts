import { describe, expect, test } from "vitest";
import { command, type Command } from "../../src/commands/cli/command.ts";
import { helpOn } from "../../src/commands/help.ts";

const given: unknown[] = [];
const move = command({
  name: "move",
  summary: "move a case",
  takes: "CASE [WHERE] [--to PLACE …] [--now]",
  details: "It is moved at once.",
  operands: ["CASE", "[WHERE]"],
  options: {
    to: { type: "string", multiple: true, value: "PLACE", message: "there" },
    now: { type: "boolean", message: "without waiting" },
  },
  async run({ options, operands }) {
    given.push({ options: { ...options }, operands });
    return 3;
  },
});

async function run(known: Command, ...words: readonly string[]): Promise<[number, string]> {
  const lines: string[] = [];
  const code = await known.run(words, (line) => void lines.push(line));
  return [code, lines.join("\n")];
}

test("a command is handed its options and operands, and its exit code is handed back", async () => {
  expect(await run(move, "CS-1", "--to", "a", "--to=b", "--now")).toEqual([3, ""]);
  expect(await run(move, "CS-1", "there")).toEqual([3, ""]);
  expect(given).toEqual([
    { options: { to: ["a", "b"], now: true }, operands: ["CS-1"] },
    { options: {}, operands: ["CS-1", "there"] },
  ]);
});

const PAGE = `tidings move CASE [WHERE] [--to PLACE …] [--now]

move a case

It is moved at once.

  --to PLACE  there
  --now       without waiting`;

test.each([["--help"], ["-h"]])(
  "%s prints the page of a command, whatever else is missing",
  async (word) => {
    expect(await run(move, word)).toEqual([0, PAGE]);
  },
);

test("help prints the same page, and lists itself among the commands", async () => {
  const help = helpOn([move]);
  expect(await run(help, "move")).toEqual([0, PAGE]);
  const [, list] = await run(help);
  expect(list).toContain(
    "  tidings move  move a case\n  tidings help  this list, or the page of one command\n",
  );
  expect((await run(help, "help"))[1]).toMatch(/^tidings help \[COMMAND\]/);
  await expect(run(help, "mvoe")).rejects.toThrow(
    "ARGUMENTS_INVALID: there is no command mvoe; did you mean move? `tidings help` lists them",
  );
});

test("an option that is nearly one of the command's is answered with that one", async () => {
  await expect(run(move, "CS-1", "--nwo")).rejects.toThrow(
    "Unknown option '--nwo'; did you mean --now? `tidings move --help` shows its usage",
  );
});

describe("invalid arguments are refused with the remedy", () => {
  test.each([
    [["CS-1", "--form", "a"], "Unknown option '--form'"],
    [["CS-1", "--to"], "Option '--to <value>' argument missing"],
    [
      ["CS-1", "--to", "--now"],
      "Option '--to' argument is ambiguous. Did you forget to specify the option argument for '--to'? To specify an option argument starting with a dash use '--to=-XYZ'.",
    ],
    [["CS-1", "--now=yes"], "Option '--now' does not take an argument"],
    [[], "CASE is missing"],
    [["CS-1", "here", "there"], '"there" is one word too many'],
  ])("%j", async (words, sentence) => {
    await expect(run(move, ...words)).rejects.toMatchObject({
      message: `ARGUMENTS_INVALID: ${sentence}; \`tidings move --help\` shows its usage`,
    });
  });
});
