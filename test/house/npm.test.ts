import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const { scripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly scripts: { readonly preinstall: string };
};

/** Runs the script as npm of this version does before an install. */
const installWith = (userAgent: string | undefined) => {
  const { PATH = "" } = process.env;
  const env = { PATH, ...(userAgent !== undefined && { npm_config_user_agent: userAgent }) };
  return spawnSync("sh", ["-c", scripts.preinstall], { env, encoding: "utf8" });
};

// npm 10 installs the package of Node 24 and does not link its program, so that every command ran on the system's Node.
test("an npm that does not link the Node of this project is refused with the command that works", () => {
  const { status, stderr } = installWith("npm/10.8.2 node/v20.20.2 linux x64");
  expect([status, stderr]).toEqual([
    1,
    "npm 10 does not link the Node 24 of this project. Run: npx npm@11 ci\n",
  ]);
});

test.each(["npm/11.19.1 node/v20.20.2 linux x64", "pnpm/10.0.0 npm/? node/v24.21.0", undefined])(
  "%s may install",
  (userAgent) => {
    expect(installWith(userAgent)).toMatchObject({ status: 0, stderr: "" });
  },
);
