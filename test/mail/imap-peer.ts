import { once } from "node:events";
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A small IMAP server with one mailbox, on a real socket. */
export interface ImapPeer {
  readonly url: string;
  /** The messages that are in the mailbox, and in the folder of what was handled. */
  readonly inbox: Map<number, string>;
  readonly handled: string[];
  /** The commands it was sent, without their tags. */
  readonly heard: string[];
  /** Puts a message into the mailbox and announces it. */
  receive(source: string): void;
  /** Drops every connection. */
  drop(): void;
  close(): Promise<void>;
}

/** The actions of the peer other than serving. */
export interface ImapScript {
  readonly refusesLogin?: () => boolean;
  /** True: it has no mailbox. */
  readonly isEmpty?: boolean;
  /** True: the connection is dropped instead of an answer. */
  readonly dropsAt?: (command: string) => boolean;
}

export async function openImapPeer(script: ImapScript = {}): Promise<ImapPeer> {
  const state = { next: 1, inbox: new Map<number, string>(), handled: [] as string[] };
  const heard: string[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    serve(socket, { script, heard, state });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `imap://reports%40lender.example:secret@127.0.0.1:${port}/INBOX`,
    inbox: state.inbox,
    handled: state.handled,
    heard,
    receive(source) {
      state.inbox.set(state.next, source.replaceAll(/\r?\n/gu, "\r\n"));
      state.next += 1;
      for (const socket of sockets) socket.write(`* ${state.inbox.size} EXISTS\r\n`);
    },
    drop: () => {
      for (const socket of sockets) socket.destroy();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

interface Served {
  readonly script: ImapScript;
  readonly heard: string[];
  readonly state: { next: number; inbox: Map<number, string>; handled: string[] };
}

const CAPABILITIES = "IMAP4rev1 IDLE MOVE UIDPLUS";

function serve(socket: Socket, served: Served): void {
  let read = "";
  let idling = "";
  socket.write(`* OK [CAPABILITY ${CAPABILITIES}] ready\r\n`);
  socket.setEncoding("utf8").on("data", (chunk: string) => {
    read += chunk;
    const lines = read.split("\r\n");
    read = lines.pop() ?? "";
    for (const line of lines) idling = answerLine(socket, served, { line, idling });
  });
}

/** Answers one command, and returns the tag of the IDLE that is running. */
function answerLine(
  socket: Socket,
  served: Served,
  { line, idling }: { readonly line: string; readonly idling: string },
): string {
  if (/^DONE$/iu.test(line)) {
    socket.write(`${idling} OK idle ended\r\n`);
    return "";
  }
  const [, tag = "", command = ""] = /^(\S+) (.*)$/u.exec(line) ?? [];
  served.heard.push(command);
  if (served.script.dropsAt?.(command) === true) socket.destroy();
  else if (/^IDLE$/iu.test(command)) socket.write("+ idling\r\n");
  else socket.write(answersTo(command, served).join("").replace("TAG ", `${tag} `));
  return /^IDLE$/iu.test(command) ? tag : idling;
}

function answersTo(command: string, { script, state }: Served): string[] {
  const [verb = ""] = command.toUpperCase().split(" ");
  const uid = Number(/^UID \w+ (\d+)/iu.exec(command)?.[1]);
  if (verb === "CAPABILITY") return [`* CAPABILITY ${CAPABILITIES}\r\n`, "TAG OK done\r\n"];
  if (verb === "LOGIN")
    return script.refusesLogin?.() === true
      ? ["TAG NO [AUTHENTICATIONFAILED] reports@lender.example is not allowed\r\n"]
      : ["TAG OK done\r\n"];
  if (script.isEmpty === true && ["LIST", "LSUB"].includes(verb)) return ["TAG OK done\r\n"];
  if (script.isEmpty === true && verb === "SELECT")
    return ["TAG NO Mailbox of reports@lender.example doesn't exist\r\n"];
  if (verb === "LIST" || verb === "LSUB")
    return [`* ${verb} (\\HasNoChildren) "/" "INBOX"\r\n`, "TAG OK done\r\n"];
  if (verb === "SELECT")
    return [
      "* FLAGS (\\Seen \\Deleted)\r\n",
      `* ${state.inbox.size} EXISTS\r\n`,
      "* OK [UIDVALIDITY 7] valid\r\n",
      `* OK [UIDNEXT ${state.next}] next\r\n`,
      "TAG OK [READ-WRITE] done\r\n",
    ];
  if (/^UID SEARCH/iu.test(command))
    return [`* SEARCH ${[...state.inbox.keys()].join(" ")}\r\n`, "TAG OK done\r\n"];
  if (/^UID FETCH/iu.test(command)) return fetched(state.inbox, uid);
  if (/^UID MOVE/iu.test(command)) return moved(state, uid);
  return ["TAG OK done\r\n"];
}

function fetched(inbox: Map<number, string>, uid: number): string[] {
  const source = inbox.get(uid);
  const place = [...inbox.keys()].indexOf(uid) + 1;
  if (source === undefined) return ["TAG OK done\r\n"];
  const size = Buffer.byteLength(source);
  return [`* ${place} FETCH (UID ${uid} BODY[]<0> {${size}}\r\n${source})\r\n`, "TAG OK done\r\n"];
}

function moved({ inbox, handled }: Served["state"], uid: number): string[] {
  const source = inbox.get(uid);
  const place = [...inbox.keys()].indexOf(uid) + 1;
  if (source === undefined) return ["TAG OK done\r\n"];
  inbox.delete(uid);
  handled.push(source);
  return [
    `* OK [COPYUID 8 ${uid} ${handled.length}] moved\r\n`,
    `* ${place} EXPUNGE\r\n`,
    "TAG OK done\r\n",
  ];
}
