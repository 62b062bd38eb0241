import { createServer, type Socket } from "node:net";
import { listenOnLoopback, type Loopback } from "../../src/providers/sandbox/loopback.ts";

/** The steps at which a script may answer differently; `dot` is the end of a message, `body` its first line. */
export type Moment =
  | "connect"
  | "EHLO"
  | "STARTTLS"
  | "AUTH"
  | "MAIL"
  | "RCPT"
  | "DATA"
  | "body"
  | "dot"
  | "RSET";

/** The answer at one step; no answer if it returns nothing. */
export type Line = (socket: Socket, message: number) => string | undefined;

export type Script = Partial<Record<Moment, Line>>;

export interface ScriptedSmtp extends Loopback {
  /** Every command, in turn. */
  readonly heard: string[];
  /** Messages that came whole, headers and all. */
  readonly mails: string[];
  connections: number;
}

const POLITE: Readonly<Record<Moment, string | undefined>> = {
  connect: "220 mx.example.net ready\r\n",
  EHLO: "250-mx.example.net\r\n250-PIPELINING\r\n250 AUTH PLAIN\r\n",
  STARTTLS: "220 2.0.0 Go ahead\r\n",
  AUTH: "235 2.7.0 Welcome\r\n",
  MAIL: "250 2.1.0 Sender ok\r\n",
  RCPT: "250 2.1.5 Recipient ok\r\n",
  DATA: "354 Go ahead\r\n",
  body: undefined,
  dot: "250 2.0.0 Ok: queued as 4XyZ12\r\n",
  RSET: "250 2.0.0 Ok\r\n",
};

/** A mail server that is polite but for the moments its script names. `message` counts from 1. */
export async function openScriptedSmtp(script: Script = {}, port = 0): Promise<ScriptedSmtp> {
  const mails: string[] = [];
  const heard: string[] = [];
  const server = createServer({ noDelay: true }, (socket) => {
    peer.connections += 1;
    let mail: string | null = null;
    const emit = (moment: Moment): void => {
      const line = script[moment] ? script[moment](socket, mails.length + 1) : POLITE[moment];
      if (line !== undefined && !socket.destroyed) socket.write(line);
    };
    const hear = (line: string): void => {
      if (mail === null) {
        heard.push(line);
        const moment = /^\w*/u.exec(line)?.[0].toUpperCase() ?? "";
        if (moment === "DATA") mail = "";
        if (moment in POLITE) emit(moment as Moment);
        if (moment === "QUIT") socket.end("221 Bye\r\n");
      } else if (line === ".") {
        emit("dot");
        mails.push(mail);
        mail = null;
      } else {
        if (mail === "") emit("body");
        mail += `${line}\r\n`;
      }
    };
    let rest = "";
    socket.setEncoding("latin1").on("data", (chunk: string) => {
      const lines = (rest + chunk).split("\r\n");
      rest = lines.pop() ?? "";
      lines.forEach(hear);
    });
    socket.on("error", () => {});
    emit("connect");
  });
  const loopback = await listenOnLoopback(server, port);
  const peer: ScriptedSmtp = { ...loopback, heard, mails, connections: 0 };
  return peer;
}

/** Says nothing and closes the connection, with a FIN. */
export const hangUp: Line = (socket) => {
  socket.end();
  return undefined;
};

/** Closes the connection with a RST. */
export const reset: Line = (socket) => {
  socket.resetAndDestroy();
  return undefined;
};

/** Never answers. */
export const keepSilent: Line = () => undefined;

/** Sends a byte every 20 ms, without end. */
export const trickle: Line = (socket) => {
  const timer = setInterval(() => socket.write("2"), 20);
  socket.once("close", () => clearInterval(timer));
  return undefined;
};

/** Says megabytes in one reply. */
export const babble: Line = () => "250-blah blah blah blah blah blah\r\n".repeat(100_000);
