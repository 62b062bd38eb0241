import { command } from "./cli/command.ts";
import { JSON_OPTION, printResult } from "./cli/json.ts";
import { VERSION } from "../version.ts";
import { EXIT } from "./cli/exit-codes.ts";

/** Prints the version of this program. `tidings --version` does the same. */
export const version = command({
  name: "version",
  summary: "print the version of this program",
  takes: "[--json]",
  options: { ...JSON_OPTION },
  async run({ options, print }) {
    const document = { version: VERSION, node: process.version };
    printResult({ print, json: options.json === true }, document, [
      `tidings ${VERSION}, on Node ${process.version}`,
    ]);
    return EXIT.done;
  },
});
