import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

// A bench is run by hand and rarely, so this test finds what breaks it. It asserts nothing about speed.
test.each([
  ["render", 2],
  ["judge", 1],
  ["resolve", 2],
  ["deliver", 1],
  ["smtp", 1],
  ["twilio", 1],
  ["http", 2],
])("npm run bench -- %s reports %i results", async (name, results) => {
  const { stdout } = await run(process.execPath, ["test/bench/run.ts", name], {
    env: { ...process.env, BENCH_SHARE: "0.004" },
  });
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { name: string });
  expect(lines.map((line) => line.name.split(":")[0])).toEqual(Array(results).fill(name));
});
