import type { IncomingMessage, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { bodyOf, forward, giveBack, openProxy } from "./forward.ts";

/** The place at which the next request to send a text waits: before the provider gets it, or before its answer goes back. */
export type GateStop = "beforeProvider" | "beforeAnswer";

/** A proxy before a provider that keeps one request, so that a test can kill what waits for it. */
export interface Gate {
  readonly url: string;
  /** Keeps the next request to send. Resolves when it is kept. */
  keepNext(stop: GateStop): Promise<void>;
  /** Lets the kept request continue, if its caller still waits. */
  letGo(): void;
  close(): Promise<void>;
}

/** Opens a gate before the provider at this URL. */
export async function openGate(provider: string): Promise<Gate> {
  let keeping: { readonly stop: GateStop; readonly kept: () => void } | undefined;
  let going = Promise.withResolvers<void>();

  const keep = async (at: GateStop, request: IncomingMessage): Promise<void> => {
    if (keeping?.stop !== at || request.method !== "POST") return;
    keeping.kept();
    keeping = undefined;
    await going.promise;
  };
  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request);
    await keep("beforeProvider", request);
    // the daemon that asked is dead: its request never reached the provider
    if (response.destroyed) return;
    const forwarded = await forward(request, body, provider);
    await keep("beforeAnswer", request);
    giveBack(response, forwarded);
  };
  const server = await openProxy(pass);
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    keepNext(stop) {
      going = Promise.withResolvers();
      const { promise, resolve } = Promise.withResolvers<void>();
      keeping = { stop, kept: resolve };
      return promise;
    },
    letGo: () => going.resolve(),
    async close() {
      going.resolve();
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}
