import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);

interface Document {
  readonly machine: object;
  readonly results: readonly { readonly name: string; readonly failed?: string }[];
}

// A bench is run by hand and rarely, so this test finds what breaks it. It asserts nothing about speed.
const runBench = async (name: string): Promise<Document> => {
  const { stdout } = await run(process.execPath, ["test/bench/run.ts", name], {
    env: { ...process.env, BENCH_SHARE: "0.004", BENCH_RUNS: "1", SCALE_NOTICES: "50000" },
  });
  return JSON.parse(stdout) as Document;
};

test("npm run bench -- scale compares each kind of work on many and on few notices", async () => {
  const { results } = await runBench("scale");
  expect(results.filter(({ failed }) => failed !== undefined)).toEqual([]);
  expect(results.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["scale: resolve", "scale: deliver", "scale: explain", "scale: status"]),
  );
});

test.each([
  ["resolve", ["resolve", "resolve: meanwhile"]],
  ["deliver", ["deliver"]],
  ["tree", ["tree: deliver and add all leaves", "tree: deliver while leaves are added"]],
  ["smtp", ["smtp", "smtp: answers after 50 ms"]],
  ["twilio", ["twilio", "twilio: answers after 50 ms"]],
  ["daemons", ["daemons: 1", "daemons: 2", "daemons: 4", "daemons: 8"]],
  ["erase", ["erase", "erase: deliver while a daemon erases"]],
  ["idle", ["idle: from the insert of a single change to the call of the provider"]],
  ["receipts", ["receipts"]],
  ["http", ["http: GET /interactions/{id}", "http: a page of 100"]],
  ["simulate", ["simulate"]],
  ["render", ["render: first", "render: later"]],
  ["judge", ["judge"]],
])("npm run bench -- %s prints one document with its results", async (name, names) => {
  const { machine, results } = await runBench(name);
  expect(machine).toHaveProperty("cores");
  expect(results.filter(({ failed }) => failed !== undefined)).toEqual([]);
  expect(results.map((result) => result.name)).toEqual(names);
});
