#!/usr/bin/env node
import { demo } from "./commands/demo.ts";
import { health } from "./commands/health.ts";
import { help } from "./commands/help.ts";
import { migrateDatabase } from "./commands/migrate.ts";
import { toStderr, toStdout } from "./commands/print.ts";
import { start } from "./commands/start.ts";
import { Fault } from "./domain/fault.ts";

const COMMANDS: Record<string, () => Promise<number>> = {
  start,
  demo: () => demo(toStdout),
  health: () => health(toStdout),
  help: async () => help(toStdout),
  migrate: () => migrateDatabase(toStdout),
};

async function main(name = "help"): Promise<number> {
  const command = COMMANDS[name];
  if (command === undefined)
    throw new Fault("COMMAND_UNKNOWN", `${name}; tidings help lists the commands`);
  return await command();
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  if (!(error instanceof Fault)) throw error;
  toStderr(error.message);
  process.exitCode = 1;
}
