import { createServer as createHttpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

const REPLIES: Readonly<Record<string, string>> = {
  EHLO: "250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n",
  MAIL: "250 2.1.0 Ok\r\n",
  RCPT: "250 2.1.5 Ok\r\n",
  DATA: "354 Go ahead\r\n",
  RSET: "250 2.0.0 Ok\r\n",
  QUIT: "221 2.0.0 Bye\r\n",
};

const ANSWERS_AFTER_MS = Number(process.argv[3] ?? 0);

/** Answers a message after the time that the bench has set. */
const later = (answer: () => void): unknown =>
  ANSWERS_AFTER_MS === 0 ? answer() : setTimeout(answer, ANSWERS_AFTER_MS);

/** A minimal mail server: it reads to the final dot and accepts. */
function takeMail(socket: Socket): void {
  let inMail = false;
  let rest = "";
  socket.on("error", () => {});
  socket.setEncoding("latin1").on("data", (chunk: string) => {
    rest += chunk;
    for (;;) {
      const end = inMail ? rest.indexOf("\r\n.\r\n") : rest.indexOf("\r\n");
      if (end < 0) return;
      const line = rest.slice(0, end);
      rest = rest.slice(end + (inMail ? 5 : 2));
      const word = line.slice(0, 4).toUpperCase();
      if (inMail) later(() => socket.write("250 2.0.0 Ok: queued as 1\r\n"));
      else socket.write(REPLIES[word] ?? "500 5.5.1 Unknown command\r\n");
      inMail = !inMail && word === "DATA";
    }
  });
  socket.write("220 sink ready\r\n");
}

const MESSAGE = JSON.stringify({ sid: `SM${"a".repeat(32)}`, status: "queued", error_code: null });

const server =
  process.argv[2] === "smtp"
    ? createServer({ noDelay: true }, takeMail)
    : createHttpServer((request, response) => {
        request.resume().on("end", () => {
          later(() => response.writeHead(201, { "content-type": "application/json" }).end(MESSAGE));
        });
      });
// a bench that was ended cannot end its sink
process.once("disconnect", () => process.exit());
server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
