import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** A whole mail server, such as a lender's relay. It has the certificate of the smtp-server package, which has expired. */
export interface MailPeer {
  readonly port: number;
  /** Each message as the server has it after it took the stuffed dots out. */
  readonly received: Buffer[];
  /** The parameters of each MAIL command. */
  readonly parameters: object[];
  close(): Promise<void>;
}

export async function openMailPeer(options: SMTPServerOptions = {}): Promise<MailPeer> {
  const received: Buffer[] = [];
  const parameters: object[] = [];
  const server = new SMTPServer({
    logger: false,
    authOptional: true,
    disableReverseLookup: true,
    closeTimeout: 100,
    onMailFrom({ args }, _session, callback) {
      parameters.push(args === false ? {} : args);
      callback();
    },
    onData(stream, _session, callback) {
      const chunks: Buffer[] = [];
      stream.on("data", (chunk: Buffer) => chunks.push(chunk));
      stream.on("end", () => {
        received.push(Buffer.concat(chunks));
        callback();
      });
    },
    ...options,
  });
  server.on("error", () => {});
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return {
    port: (server.server.address() as AddressInfo).port,
    received,
    parameters,
    // not listenOnLoopback: Node crashes when the socket under a TLS server's socket is destroyed
    close: () => new Promise((closed) => server.close(() => closed())),
  };
}
