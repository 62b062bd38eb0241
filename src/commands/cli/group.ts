import { didYouMeanInSentence } from "../../domain/values/did-you-mean.ts";
import { wrongArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { aligned } from "./layout.ts";
import { EXIT } from "./exit-codes.ts";

interface Description {
  readonly name: string;
  /** A line for the list of commands. */
  readonly summary: string;
  readonly details?: string;
  /** Each name begins with that of the group, as in `templates push`. */
  readonly commands: readonly Command[];
}

/** Creates a verb whose next word selects a command. */
export function group({ name, summary, details, commands }: Description): Command {
  const rows = commands.map((one) => [`  tidings ${one.name}`, one.summary]);
  const more = `\`tidings ${name} VERB --help\` shows more.`;
  const help = [
    `tidings ${name} VERB …`,
    `\n${summary}`,
    ...(details === undefined ? [] : [`\n${details}`]),
    "",
    ...aligned(rows),
    "",
    more,
  ].join("\n");
  return {
    name,
    summary,
    help,
    async run([word, ...rest], print) {
      if (word === "--help" || word === "-h") {
        print(help);
        return EXIT.done;
      }
      const found = commands.find((one) => one.name === `${name} ${word}`);
      if (found !== undefined) return await found.run(rest, print);
      const verbs = commands.map((one) => one.name.slice(name.length + 1));
      const wrong =
        word === undefined
          ? "the verb is missing;"
          : `there is no verb ${word};${didYouMeanInSentence(word, verbs)}`;
      throw wrongArguments(`${wrong} tidings ${name} knows ${verbs.join(", ")}`);
    },
  };
}
