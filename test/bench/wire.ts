import { fork } from "node:child_process";
import { once } from "node:events";
import { carry } from "../../src/carriers.ts";
import { readConfig } from "../../src/config.ts";
import type { Provider } from "../../src/providers/provider.ts";
import type { Deps } from "../../src/deps.ts";
import { openDb } from "../../src/store/db.ts";
import { openQueue } from "../../src/store/queue.ts";
import { openTaskList } from "../../src/task-list.ts";
import { depsOn } from "../deps.ts";
import { rateSince } from "./compare.ts";
import { countRecorded, makeDue } from "./notices.ts";
import type { Scene } from "./scene.ts";

const CONCURRENCY = 6;
export const NOTICES = 3_000;

export interface SinkProcess {
  readonly port: number;
  close(): void;
}

/** A sink in a process of its own, so that it does not take from the time of those that are measured. */
export async function startSink(kind: "smtp" | "twilio"): Promise<SinkProcess> {
  const child = fork(new URL("sink.ts", import.meta.url), [kind], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [port] = (await once(child, "message")) as [number];
  return { port, close: () => void child.kill() };
}

/** The whole way of a notice: facts, judging, rendering, claim, wire and record. */
export async function deliverThrough(
  scene: Scene,
  provider: Provider,
  { name, channel }: { name: string; channel: "email" | "text" },
): Promise<number> {
  const carrier = carry(provider, channel, readConfig({}));
  const plain: Deps = depsOn(
    { ...scene, db: openDb(scene.pool) },
    { carriers: { [channel]: carrier } },
  );
  const ids = await makeDue(scene, plain, { name, channel, count: NOTICES });
  const { recorder, all } = countRecorded(plain.recorder, ids.length);
  const deps = { ...plain, recorder };
  const began = performance.now();
  const queue = await openQueue({
    pool: scene.pool,
    taskList: openTaskList(deps),
    concurrency: CONCURRENCY,
    say: () => {},
  });
  await all;
  const rate = rateSince(began, ids.length);
  await queue.stop(10_000);
  await Promise.all(deps.calls);
  return rate;
}

/** Sends so many with so many under way at once, and nothing else. */
export async function sendBare(
  count: number,
  underWay: number,
  send: (n: number) => Promise<unknown>,
): Promise<number> {
  const began = performance.now();
  let next = 0;
  const loop = async (): Promise<void> => {
    while (next < count) {
      next += 1;
      await send(next);
    }
  };
  await Promise.all(Array.from({ length: underWay }, loop));
  return rateSince(began, count);
}
