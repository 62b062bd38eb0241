import { spawnSync } from "node:child_process";
import { VERSIONS } from "./binaries.ts";

/** The tests that depend on the version: statements, migrations, and whole daemons. */
const TESTS = ["test/store", "test/stories", "test/tasks"];

/** Runs a command in a folder with its output shown, and returns whether it succeeded. */
function run(
  words: readonly string[],
  cwd: string,
  settings: Record<string, string> = {},
): boolean {
  const [command = "", ...rest] = words;
  const env = { ...process.env, ...settings };
  return spawnSync(command, rest, { cwd, env, stdio: "inherit" }).status === 0;
}

const asked = process.argv.slice(2);
const versions = asked.length > 0 ? asked : VERSIONS;
const root = new URL("../../", import.meta.url).pathname;

if (!run(["npm", "ci", "--silent"], import.meta.dirname)) process.exit(1);
const failed = versions.filter(
  (version) => !run(["npx", "vitest", "run", ...TESTS], root, { TEST_POSTGRES: version }),
);
const passed = versions.filter((version) => !failed.includes(version));
process.stdout.write(`passed on Postgres ${passed.join(", ") || "none"}`);
process.stdout.write(failed.length > 0 ? `; FAILED on ${failed.join(", ")}\n` : "\n");
process.exitCode = failed.length > 0 ? 1 : 0;
