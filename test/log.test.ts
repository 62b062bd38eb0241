import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openLogDestination } from "../src/log-destination.ts";

const dir = mkdtempSync(join(tmpdir(), "tidings-log-"));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

interface Pipe {
  readonly path: string;
  readonly reader: number;
  readonly writer: number;
}

/** A pipe of the operating system, whose ends do not block. */
function openPipe(name: string): Pipe {
  const path = join(dir, name);
  execFileSync("mkfifo", [path]);
  const reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return { path, reader, writer: openSync(path, constants.O_WRONLY | constants.O_NONBLOCK) };
}

/** The bytes that are in the pipe now. */
function readAll(reader: number): string {
  const chunks: Buffer[] = [];
  const chunk = Buffer.alloc(2 ** 16);
  try {
    for (let size = readSync(reader, chunk); size > 0; size = readSync(reader, chunk))
      chunks.push(Buffer.from(chunk.subarray(0, size)));
  } catch {
    // EAGAIN: nothing more for now
  }
  return Buffer.concat(chunks).toString();
}

const line = (n: number): string => `${JSON.stringify({ n, filling: "é".repeat(40) })}\n`;

test("without a reader, lines wait, then are dropped and counted; the accepted ones arrive whole and in order", async () => {
  const { reader, writer } = openPipe("stalled");
  const log = openLogDestination(writer, {
    maxBytes: 50_000,
    onDropped: (lines) => log.write(`${JSON.stringify({ dropped: lines })}\n`),
  });
  const count = 5_000;
  for (let n = 0; n < count; n += 1) log.write(line(n));
  let text = "";
  await expect.poll(() => (text += readAll(reader))).toMatch(/"dropped":\d+\}\n$/);
  log.write(line(count));
  await expect.poll(() => (text += readAll(reader))).toMatch(/"n":5000,.*\n$/);
  const lines = text
    .trim()
    .split("\n")
    .map((one) => JSON.parse(one) as { n?: number; dropped?: number });
  const taken = lines.flatMap(({ n }) => (n === undefined ? [] : [n]));
  const kept = taken.length - 1;
  expect(taken).toEqual([...Array.from({ length: kept }, (_, n) => n), count]);
  expect(lines.at(-2)).toEqual({ dropped: count - kept });
});

test("a reader that is gone is no error", () => {
  const { reader, writer } = openPipe("gone");
  const dropped: number[] = [];
  const log = openLogDestination(writer, { onDropped: (lines) => dropped.push(lines) });
  log.write(line(1));
  closeSync(reader);
  for (let n = 0; n < 1_000; n += 1) log.write(line(n));
  log.flush(60_000);
  expect(dropped).toEqual([]);
});

test("a flush waits for a reader that is slow, and not for one that never reads", async () => {
  const { path, writer, reader } = openPipe("slow");
  const log = openLogDestination(writer, { onDropped: () => {} });
  for (let n = 0; n < 2_000; n += 1) log.write(line(n));
  log.flush(1); // the pipe has no reader
  const copy = join(dir, "copy");
  const slow = spawn("sh", ["-c", `sleep 0.2; cat '${path}' > '${copy}'`], { stdio: "ignore" });
  await once(slow, "spawn");
  log.flush(60_000);
  closeSync(writer);
  closeSync(reader);
  await once(slow, "exit");
  expect(readFileSync(copy, "utf8")).toBe(
    Array.from({ length: 2_000 }, (_, n) => line(n)).join(""),
  );
});
