import type { ChannelState } from "../../domain/channel-state.ts";
import type { Channel } from "../../domain/vocabulary.ts";
import { WORKER_TIMEOUT_MS } from "../../domain/worker.ts";
import type { ShowMoment } from "../cli/moment.ts";

/** A daemon with the states of its channels, as of its last heartbeat. */
export interface DaemonSeen {
  readonly silentMs: number;
  readonly channels: readonly ChannelState[];
}

/** Returns why a notice of the channel is due and not sent, as far as the daemons and their provider are the cause. */
export function overdueInWords(
  channel: Channel,
  daemons: readonly DaemonSeen[],
  show: ShowMoment,
): string[] {
  const alive = daemons.filter(({ silentMs }) => silentMs < WORKER_TIMEOUT_MS);
  if (alive.length === 0)
    return ["It is overdue: no daemon is alive. `tidings start` runs one, which sends it."];
  const states = alive.flatMap((one) => one.channels.filter((state) => state.channel === channel));
  if (states.length === 0)
    return [`It is overdue: no live daemon has a provider for ${channel}. Set it up and restart.`];
  const stopped = states.find(({ condition }) => condition === "stopped");
  const failing = states.find(({ condition }) => condition === "failing");
  if (stopped !== undefined)
    return [
      `It is overdue: ${channel} is stopped${causeOf(stopped, show)}. It is sent when the provider accepts us again.`,
    ];
  if (failing !== undefined)
    return [`It is overdue: the provider of ${channel} fails${causeOf(failing, show)}.`];
  return ["It is overdue and waits for its turn. `tidings status` shows what is due as well."];
}

function causeOf({ since, why, words }: ChannelState, show: ShowMoment): string {
  const from = since === null ? "" : ` since ${show(new Date(since))}`;
  const said = [why, words === null ? null : `(${words})`].filter((part) => part !== null);
  return said.length === 0 ? from : `${from}: ${said.join(" ")}`;
}
