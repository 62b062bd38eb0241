import { once } from "node:events";
import { connect, type Socket } from "node:net";

/** A session of a mail server that hands mail over, by LMTP or SMTP. */
export interface MailClient {
  /** Sends a command and resolves to the reply: its code and text. */
  ask(command: string): Promise<string>;
  /** Hands a message over, and resolves to the replies after it: one for each recipient by LMTP. */
  give(source: string, recipients: readonly string[], mailFrom?: string): Promise<string[]>;
  drop(): void;
}

export async function openMailClient(
  port: number,
  protocol: "lmtp" | "smtp" = "lmtp",
): Promise<MailClient> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  const next = readReplies(socket);
  const ask = async (command: string): Promise<string> => {
    socket.write(`${command}\r\n`);
    return await next();
  };
  await next();
  await ask(protocol === "lmtp" ? "LHLO mx.example.net" : "EHLO mx.example.net");
  return {
    ask,
    drop: () => socket.destroy(),
    async give(source, recipients, mailFrom = "") {
      const replies = [await ask(`MAIL FROM:<${mailFrom}>`)];
      for (const recipient of recipients) replies.push(await ask(`RCPT TO:<${recipient}>`));
      const refused = replies.filter((reply) => !reply.startsWith("2"));
      if (refused.length > 0) {
        await ask("RSET");
        return refused;
      }
      await ask("DATA");
      const lines = source.replaceAll(/\r?\n/gu, "\r\n").replaceAll(/^\./gmu, "..");
      const answers = [await ask(`${lines}\r\n.`)];
      const more = protocol === "lmtp" ? recipients.slice(1) : [];
      for (const _ of more) answers.push(await next());
      return answers;
    },
  };
}

/** Returns a function that resolves to the next reply, which may take several lines. The reply rejects if the session ends first. */
function readReplies(socket: Socket): () => Promise<string> {
  let read = "";
  const waiting: PromiseWithResolvers<string>[] = [];
  const ready: string[] = [];
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    read += chunk;
    let found = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/u.exec(read);
    while (found !== null) {
      const [reply] = found;
      read = read.slice(reply.length);
      const wants = waiting.shift();
      if (wants === undefined) ready.push(reply.trim());
      else wants.resolve(reply.trim());
      found = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/u.exec(read);
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    for (const wants of waiting.splice(0)) wants.reject(new Error("the session has ended"));
  });
  return () => {
    const wants = Promise.withResolvers<string>();
    const reply = ready.shift();
    if (reply !== undefined) wants.resolve(reply);
    else if (socket.destroyed) wants.reject(new Error("the session has ended"));
    else waiting.push(wants);
    return wants.promise;
  };
}
