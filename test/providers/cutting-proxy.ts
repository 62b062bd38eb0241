import { connect, createServer, type Socket } from "node:net";
import { listenOnLoopback, type Loopback } from "../../src/providers/sandbox/loopback.ts";

/** The place where a conversation is cut: after this many bytes of one side, which are still delivered. */
export interface Cut {
  readonly side: "client" | "server";
  readonly after: number;
}

export interface CuttingProxy extends Loopback {
  /** Bytes either side has said. */
  readonly emitted: Record<Cut["side"], number>;
}

/** Connects a client with the server on `port`, and closes both connections at the cut. */
export async function openCuttingProxy(port: number, cut: Cut): Promise<CuttingProxy> {
  const emitted = { client: 0, server: 0 };
  const pass = (side: Cut["side"], from: Socket, to: Socket): void => {
    from.on("data", (chunk: Buffer) => {
      const left = cut.side === side ? cut.after - emitted[side] : chunk.length;
      emitted[side] += chunk.length;
      to.write(chunk.subarray(0, left));
      if (left >= chunk.length) return;
      from.end();
      to.end();
    });
    from.on("end", () => to.end());
    from.on("error", () => to.destroy());
  };
  const proxy = createServer((client) => {
    const server = connect(port, "127.0.0.1");
    pass("client", client, server);
    pass("server", server, client);
  });
  return { ...(await listenOnLoopback(proxy)), emitted };
}
