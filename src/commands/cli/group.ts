import { wrongArguments } from "./arguments.ts";
import type { Command } from "./command.ts";
import { aligned } from "./layout.ts";

interface Description {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  readonly details?: string;
  /** Each is named after the group, such as `templates push`. */
  readonly commands: readonly Command[];
}

/** A verb whose next word chooses what is done. */
export function group({ name, summary, details, commands }: Description): Command {
  const rows = commands.map((one) => [`  tidings ${one.name}`, one.summary]);
  const more = `\`tidings ${name} VERB --help\` tells more.`;
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
        return 0;
      }
      const found = commands.find((one) => one.name === `${name} ${word}`);
      if (found !== undefined) return await found.run(rest, print);
      const verbs = commands.map((one) => one.name.slice(name.length + 1)).join(", ");
      throw wrongArguments(
        `${word === undefined ? "the verb is missing" : `there is no verb ${word}`}; tidings ${name} knows ${verbs}`,
      );
    },
  };
}
