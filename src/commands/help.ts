import { didYouMeanInSentence } from "../domain/values/did-you-mean.ts";
import { wrongArguments } from "./cli/arguments.ts";
import { command, type Command } from "./cli/command.ts";
import { aligned } from "./cli/layout.ts";
import { EXIT } from "./cli/exit-codes.ts";

const ABOUT = "tidings: sends a lender's notices when its cases change, once, and keeps the record";
const SETTINGS =
  "`tidings COMMAND --help` shows more. Settings are environment variables; .env.example\nlists every one with its default.";

/** Creates the command that lists all commands, including itself. */
export function helpOn(commands: readonly Command[]): Command {
  const help = command({
    name: "help",
    summary: "this list, or the page of one command",
    takes: "[COMMAND]",
    operands: ["[COMMAND]"],
    options: {},
    async run({ operands: [topic], print }) {
      const known = [...commands, help];
      if (topic === undefined) {
        print(listOf(known));
        return EXIT.done;
      }
      const found = known.find(({ name }) => name === topic);
      if (found === undefined)
        throw wrongArguments(
          `there is no command ${topic};${didYouMeanInSentence(topic, namesOf(known))} \`tidings help\` lists them`,
        );
      print(found.help);
      return EXIT.done;
    },
  });
  return help;
}

const namesOf = (commands: readonly Command[]): string[] => commands.map(({ name }) => name);

function listOf(commands: readonly Command[]): string {
  const rows = commands.map(({ name, summary }) => [`tidings ${name}`, summary]);
  return [ABOUT, "", ...aligned(rows).map((line) => `  ${line}`), "", SETTINGS].join("\n");
}
