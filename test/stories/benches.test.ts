import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

interface Document {
  readonly machine: object;
  readonly results: readonly { readonly name: string; readonly failed?: string }[];
}

// A bench is run by hand and rarely, so this test finds what breaks it. It asserts nothing about speed.
test.each([
  ["resolve", ["resolve", "resolve: meanwhile"]],
  ["deliver", ["deliver"]],
  ["smtp", ["smtp", "smtp: answers after 50 ms"]],
  ["twilio", ["twilio", "twilio: answers after 50 ms"]],
  ["idle", ["idle: from the insert of a single change to the call of the provider"]],
  ["receipts", ["receipts"]],
  ["http", ["http: GET /interactions/{id}", "http: a page of 100"]],
  ["simulate", ["simulate"]],
  ["render", ["render: first", "render: later"]],
  ["judge", ["judge"]],
])("npm run bench -- %s prints one document with its results", async (name, names) => {
  const { stdout } = await run(process.execPath, ["test/bench/run.ts", name], {
    env: { ...process.env, BENCH_SHARE: "0.004", BENCH_RUNS: "1" },
  });
  const { machine, results } = JSON.parse(stdout) as Document;
  expect(machine).toHaveProperty("cores");
  expect(results.filter(({ failed }) => failed !== undefined)).toEqual([]);
  expect(results.map((result) => result.name)).toEqual(names);
});
