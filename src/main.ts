#!/usr/bin/env node
import { check } from "./commands/check/check.ts";
import { audit } from "./commands/audit/audit.ts";
import { cancel } from "./commands/cancel.ts";
import { demo } from "./commands/demo/demo.ts";
import { dryRun } from "./commands/dry-run/dry-run.ts";
import { explain } from "./commands/explain/explain.ts";
import { find } from "./commands/find/find.ts";
import { health } from "./commands/health.ts";
import { helpOn } from "./commands/help.ts";
import { judge } from "./commands/judge/judge.ts";
import { keys } from "./commands/keys.ts";
import { migrate } from "./commands/migrate.ts";
import { openapi } from "./commands/openapi.ts";
import { EXIT, EXIT_OF_FAULT, type ExitCode } from "./commands/cli/exit-codes.ts";
import { toStderr, toStdout } from "./commands/cli/print.ts";
import { unexpectedInWords } from "./commands/cli/unexpected.ts";
import { pause, resume } from "./commands/pause.ts";
import { preview } from "./commands/preview/preview.ts";
import { reseal } from "./commands/reseal.ts";
import { reinstate } from "./commands/reinstate.ts";
import { retry } from "./commands/retry.ts";
import { roles } from "./commands/roles.ts";
import { rules } from "./commands/rules/rules.ts";
import { settle } from "./commands/settle.ts";
import { show } from "./commands/show/show.ts";
import { start } from "./commands/start.ts";
import { status } from "./commands/status/status.ts";
import { templates } from "./commands/templates/group.ts";
import { version } from "./commands/version.ts";
import { askWhether } from "./domain/did-you-mean.ts";
import { Fault } from "./domain/fault.ts";

const VERBS = [
  start,
  demo,
  templates,
  preview,
  dryRun,
  status,
  check,
  audit,
  find,
  explain,
  show,
  cancel,
  reinstate,
  retry,
  settle,
  pause,
  resume,
  reseal,
  judge,
  rules,
  keys,
  openapi,
  migrate,
  roles,
  health,
  version,
];
const COMMANDS = [...VERBS, helpOn(VERBS)];

const NAMES = COMMANDS.map((known) => known.name);

const SYNONYMS: Readonly<Record<string, string>> = {
  "--help": "help",
  "-h": "help",
  "--version": "version",
  "-v": "version",
};

async function main([word = "help", ...rest]: readonly string[]): Promise<ExitCode> {
  const name = SYNONYMS[word] ?? word;
  const command = COMMANDS.find((known) => known.name === name);
  if (command === undefined)
    throw new Fault(
      "COMMAND_UNKNOWN",
      `${name};${askWhether(name, NAMES)} \`tidings help\` lists the commands`,
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
