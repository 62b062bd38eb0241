import { appendFileSync } from "node:fs";
import { monitorEventLoopDelay } from "node:perf_hooks";
import type { Probe } from "./samples.ts";

const RESOLUTION_MS = 10;
const EVERY_MS = 1_000;
const MEGABYTE = 1_048_576;

// The daemon of a soak loads this module with `--import`, because nothing outside a process can see the delay of its event loop.
const file = process.env["SOAK_PROBE"];
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();

function probe(): Probe {
  const { rss, heapUsed } = process.memoryUsage();
  const loopDelayMs = Math.max(0, delay.percentile(99) / 1e6 - RESOLUTION_MS);
  delay.reset();
  return { loopDelayMs, rssMb: rss / MEGABYTE, heapMb: heapUsed / MEGABYTE };
}

if (file !== undefined)
  setInterval(() => appendFileSync(file, `${JSON.stringify(probe())}\n`), EVERY_MS).unref();
