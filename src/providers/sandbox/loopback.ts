import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

/** A server of the sandbox that listens on this host only. */
export interface Loopback {
  readonly port: number;
  /** Drops the connection from this port. */
  drop(remotePort: number): void;
  /** Stops listening and drops every connection. */
  close(): Promise<void>;
}

/**
 * Listens on the port; on one that the system chooses if it is 0. For plain TCP only: Node crashes when the socket beneath a TLS socket is
 * destroyed.
 */
export async function listenOnLoopback(server: Server, port = 0): Promise<Loopback> {
  const sockets = new Map<number | undefined, Socket>();
  server.on("connection", (socket: Socket) => {
    const from = socket.remotePort;
    sockets.set(from, socket);
    socket.once("close", () => sockets.delete(from));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    drop: (remotePort) => sockets.get(remotePort)?.destroy(),
    async close() {
      server.close();
      for (const socket of sockets.values()) socket.destroy();
      await once(server, "close");
    },
  };
}
