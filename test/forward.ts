import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";

/** A request as it was sent on, and the answer. */
export interface Forwarded {
  readonly body: string;
  readonly status: number;
  readonly text: string;
}

/** Reads the body of a request. */
export async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = "";
  for await (const chunk of request.setEncoding("utf8") as AsyncIterable<string>) body += chunk;
  return body;
}

/** Sends a request for texts on to a provider, and resolves to its answer. */
export async function forward(
  { method = "GET", url = "/", headers }: IncomingMessage,
  body: string,
  provider: string,
): Promise<Forwarded> {
  const answer = await fetch(new URL(url, provider), {
    method,
    headers: {
      authorization: headers.authorization ?? "",
      ...(method === "POST" && { "content-type": "application/x-www-form-urlencoded" }),
    },
    ...(method === "POST" && { body }),
  });
  return { body, status: answer.status, text: await answer.text() };
}

/** Answers with what the provider answered. */
export const giveBack = (response: ServerResponse, { status, text }: Forwarded): void =>
  void response.writeHead(status, { "content-type": "application/json" }).end(text);

/** Opens a server on a free port. A request that cannot be passed on loses its connection. */
export async function openProxy(
  pass: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Server> {
  const server = createServer((request, response) => {
    void pass(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return server;
}
