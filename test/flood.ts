import type { Socket } from "node:net";

/** Writes the same bytes as fast as the other side reads them, and resolves when the connection has ended. */
export async function floodUntilClosed(socket: Socket, bytes: Buffer): Promise<void> {
  const closed = Promise.withResolvers<void>();
  socket.once("close", () => closed.resolve());
  while (!socket.destroyed) {
    if (socket.write(bytes)) continue;
    const drained = Promise.withResolvers<void>();
    socket.once("drain", () => drained.resolve());
    await Promise.race([drained.promise, closed.promise]);
  }
}
