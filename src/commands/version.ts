import { readFileSync } from "node:fs";
import { command } from "./cli/command.ts";
import { EXIT } from "./cli/exit-codes.ts";

const PACKAGE = new URL("../../package.json", import.meta.url);

/** Prints the version of this program. `tidings --version` does the same. */
export const version = command({
  name: "version",
  summary: "print the version of this program",
  options: {},
  async run({ print }) {
    const { version: number } = JSON.parse(readFileSync(PACKAGE, "utf8")) as { version: string };
    print(`tidings ${number}, on Node ${process.version}`);
    return EXIT.done;
  },
});
