import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { listenOnLoopback, type Loopback } from "../../src/providers/sandbox/loopback.ts";

/** Answers one request, whose form has been read. It never answers if the script does nothing. */
export type Serve = (
  response: ServerResponse,
  form: URLSearchParams,
  request: IncomingMessage,
) => void;

export interface ScriptedHttp extends Loopback {
  /** The forms of the POST requests, in turn. */
  readonly forms: URLSearchParams[];
}

export async function openScriptedHttp(serve: Serve): Promise<ScriptedHttp> {
  const forms: URLSearchParams[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
    request.on("end", () => {
      const form = new URLSearchParams(body);
      if (request.method === "POST") forms.push(form);
      serve(response, form, request);
    });
  });
  return { ...(await listenOnLoopback(server)), forms };
}

export const SID = `SM${"0123456789abcdef".repeat(2)}`;

export const reply =
  (status: number, body: unknown, headers: Record<string, string> = {}): Serve =>
  (response) => {
    const content = typeof body === "string" ? body : JSON.stringify(body);
    response.writeHead(status, { "Content-Type": "application/json", ...headers }).end(content);
  };

export const httpError = (status: number, code: number, message = "Refused"): Serve =>
  reply(status, { code, message, more_info: `https://www.twilio.com/docs/errors/${code}`, status });

export const accept: Serve = reply(201, { sid: SID, status: "queued" });

export const keepSilent: Serve = () => {};

export const hangUp: Serve = (response) => void response.socket?.end();

export const reset: Serve = (response) => void response.socket?.resetAndDestroy();

/** A valid beginning of an answer that continues with a byte every 20 ms and never ends. */
export const trickle: Serve = (response) => {
  response.writeHead(201).write("{");
  const timer = setInterval(() => response.write(" "), 20);
  response.once("close", () => clearInterval(timer));
};

/** Its header lines trickle in as well. */
export const trickleHeaders: Serve = (response) => {
  const { socket } = response;
  socket?.write("HTTP/1.1 201 Created\r\nX-Slow: ");
  const timer = setInterval(() => socket?.write("x"), 20);
  response.once("close", () => clearInterval(timer));
};

/** An answer of tens of megabytes that would be valid if it were read to the end. */
export const babble: Serve = (response) => {
  response.writeHead(201);
  const pad = " ".repeat(1_048_576);
  let left = 64;
  const write = (): void => {
    while (left > 0 && response.write(pad)) left -= 1;
    if (left > 0) response.once("drain", write);
    else response.end(JSON.stringify({ sid: SID, status: "queued" }));
  };
  response.on("error", () => {});
  write();
};
