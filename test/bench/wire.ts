import { fork } from "node:child_process";
import { once } from "node:events";
import type { DeliveryChannel } from "../../src/deps.ts";
import { depsOn } from "../deps.ts";
import { measure, type Run, type Work } from "./meter.ts";
import { deliverAll, makeDue } from "./notices.ts";
import type { Scene } from "./scene.ts";

/** Disposing it ends its process. */
export interface SinkProcess extends AsyncDisposable {
  readonly port: number;
}

/** How long a sink waits before it answers a message (ms), and how many messages a run sends to it. */
export interface SinkCase {
  readonly name: string;
  readonly answersAfterMs: number;
  readonly count: number;
}

/** A sink in a separate process, so that it uses no time of the measured process. */
export async function startSink(
  kind: "smtp" | "twilio",
  { answersAfterMs }: Pick<SinkCase, "answersAfterMs">,
): Promise<SinkProcess> {
  const child = fork(new URL("sink.ts", import.meta.url), [kind, String(answersAfterMs)], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [port] = (await once(child, "message")) as [number];
  return { port, [Symbol.asyncDispose]: async () => void child.kill() };
}

/** All steps of a notice: facts, judging, rendering, claim, call and record. */
export async function deliverThrough(
  scene: Scene,
  carrier: DeliveryChannel,
  { name, channel, count }: { name: string; channel: "email" | "text"; count: number },
): Promise<Run> {
  const deps = depsOn(scene, { channels: { [channel]: carrier } });
  const ids = await makeDue(scene, deps, { name, channel, count });
  return deliverAll(scene, deps, ids);
}

/** A loop that calls `send` for each number from 1, and does nothing else. */
export interface Loop extends Omit<Work, "work"> {
  /** The number of calls in flight at once. */
  readonly inFlight: number;
  readonly send: (n: number) => Promise<unknown>;
}

/** Runs the loop and measures it. */
export function sendBare({ inFlight, send, ...work }: Loop): Promise<Run> {
  let next = 0;
  const loop = async (): Promise<void> => {
    while (next < work.count) {
      next += 1;
      await send(next);
    }
  };
  return measure({
    ...work,
    work: () => Promise.all(Array.from({ length: inFlight }, loop)),
  });
}
