import { fork } from "node:child_process";
import { once } from "node:events";
import type { DeliveryChannel } from "../../src/deps.ts";
import { depsOn } from "../deps.ts";
import { rateSince, shareOf } from "./compare.ts";
import { deliverAll, makeDue } from "./notices.ts";
import type { Scene } from "./scene.ts";

export const NOTICES = shareOf(3_000);

export interface SinkProcess {
  readonly port: number;
  close(): void;
}

/** A sink in a separate process, so that it uses no time of the measured process. */
export async function startSink(kind: "smtp" | "twilio"): Promise<SinkProcess> {
  const child = fork(new URL("sink.ts", import.meta.url), [kind], {
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  const [port] = (await once(child, "message")) as [number];
  return { port, close: () => void child.kill() };
}

/** All steps of a notice: facts, judging, rendering, claim, call and record. */
export async function deliverThrough(
  scene: Scene,
  carrier: DeliveryChannel,
  { name, channel }: { name: string; channel: "email" | "text" },
): Promise<number> {
  const deps = depsOn(scene, { channels: { [channel]: carrier } });
  const ids = await makeDue(scene, deps, { name, channel, count: NOTICES });
  return deliverAll(scene, deps, ids);
}

/** Sends this many messages with this many in flight at once, and does nothing else. */
export async function sendBare(
  count: number,
  inFlight: number,
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
  await Promise.all(Array.from({ length: inFlight }, loop));
  return rateSince(began, count);
}
