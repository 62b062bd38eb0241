#!/usr/bin/env node
import { enableCompileCache } from "node:module";
import { fileURLToPath } from "node:url";
import { COMMAND_NAMES, loadCommand } from "./commands/catalog.ts";
import { EXIT, EXIT_OF_FAULT, type ExitCode } from "./commands/cli/exit-codes.ts";
import { toStderr, toStdout } from "./commands/cli/print.ts";
import { unexpectedInWords } from "./commands/cli/unexpected.ts";
import { didYouMeanInSentence } from "./domain/values/did-you-mean.ts";
import { Fault } from "./domain/fault.ts";

// The cache is kept with the packages. Node's own place for it is the shared folder of temporary files, where other
// users of the machine may write. Without the right to write, as in the container, there is no cache.
enableCompileCache(fileURLToPath(new URL("../node_modules/.cache/tidings", import.meta.url)));

const SYNONYMS: Readonly<Record<string, string>> = {
  "--help": "help",
  "-h": "help",
  "--version": "version",
  "-v": "version",
};

async function main([word = "help", ...rest]: readonly string[]): Promise<ExitCode> {
  const name = SYNONYMS[word] ?? word;
  const command = await loadCommand(name);
  if (command === undefined)
    throw new Fault(
      "COMMAND_UNKNOWN",
      `${name};${didYouMeanInSentence(name, COMMAND_NAMES)} \`tidings help\` lists the commands`,
    );
  return await command.run(rest, toStdout);
}

// The reader may close the pipe early, as in `tidings dry-run … | head`.
process.stdout.on("error", (error) => {
  if (!("code" in error && error.code === "EPIPE")) throw error;
});

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const isFault = error instanceof Fault;
  toStderr(isFault ? error.message : unexpectedInWords(error));
  process.exitCode = isFault ? EXIT_OF_FAULT[error.code] : EXIT.checkFailed;
}
