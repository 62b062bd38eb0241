import { command } from "./cli/command.ts";
import { VERSION } from "../version.ts";
import { EXIT } from "./cli/exit-codes.ts";

/** Prints the version of this program. `tidings --version` does the same. */
export const version = command({
  name: "version",
  summary: "print the version of this program",
  options: {},
  async run({ print }) {
    print(`tidings ${VERSION}, on Node ${process.version}`);
    return EXIT.done;
  },
});
