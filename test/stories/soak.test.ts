import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { growthOf, type Sample } from "../soak/samples.ts";

const run = promisify(execFile);

const sample = (part: number, rest: Partial<Sample>): Sample => ({
  afterSeconds: part,
  loopDelayMs: 5,
  rssMb: 200,
  heapMb: 60,
  singleMs: 40,
  listMs: 20,
  nodeUs: 900,
  postgresUs: 1_100,
  machineMs: 10,
  interactions: part * 1_000,
  ...rest,
});

const growing = (of: (part: number) => Partial<Sample>): string[] =>
  growthOf(Array.from({ length: 30 }, (_, part) => sample(part, of(part))))
    .filter(({ grows }) => grows)
    .map(({ figure }) => figure);

test("a soak fails on what grows, and not on the warm-up or on one bad moment", () => {
  expect(growing(() => ({}))).toEqual([]);
  expect(growing((part) => ({ rssMb: 200 + part * 10 }))).toEqual(["rssMb"]);
  expect(growing((part) => ({ heapMb: 60 + part * 3 }))).toEqual(["heapMb"]);
  expect(growing((part) => ({ singleMs: 40 + part * 20 }))).toEqual(["singleMs"]);
  expect(growing((part) => ({ rssMb: Math.min(200, 80 + part * 20) }))).toEqual([]);
  expect(growing((part) => ({ postgresUs: 1_100 + part * 60 }))).toEqual(["postgresUs"]);
  expect(growing((part) => (part === 28 ? { loopDelayMs: 900, singleMs: 5_000 } : {}))).toEqual([]);
});

test("a machine that becomes slower is not growth, and growth beyond that is", () => {
  const slower = (part: number): number => 10 + part;
  expect(growing((part) => ({ machineMs: slower(part), singleMs: 4 * slower(part) }))).toEqual([]);
  expect(
    growing((part) => ({ machineMs: slower(part), singleMs: 4 * slower(part) * (1 + part) })),
  ).toEqual(["singleMs"]);
  expect(growing((part) => ({ machineMs: slower(part), rssMb: 200 + part * 10 }))).toEqual([
    "rssMb",
  ]);
});

// A soak is run by hand and rarely, so this test finds what breaks it. It asserts nothing about speed or growth.
test("npm run soak prints one document with its samples", async () => {
  const env = { ...process.env, SOAK_SECONDS: "15" };
  const { stdout } = await run(process.execPath, ["test/soak/main.ts"], { env }).catch(
    (error: { stdout: string }) => error,
  );
  const { samples, growth } = JSON.parse(stdout) as { samples: Sample[]; growth: object[] };
  expect(samples).toHaveLength(5);
  expect(samples.at(-1)?.interactions).toBeGreaterThan(0);
  expect(growth).toHaveLength(process.platform === "linux" ? 7 : 5);
});
