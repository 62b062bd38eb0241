import type { HonoRequest } from "hono";
import { HTTP_ERRORS, HttpError, httpError } from "./http-error.ts";

/**
 * Reads a body as text. Throws 413 if it is longer than `maxBytes`, and 400 if it is not UTF-8. The framework's own limit rebuilds
 * the request, and its Node server cannot rebuild its own request.
 */
export async function readText(request: HonoRequest, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.raw.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw httpError(400, "The body is not valid UTF-8.");
  }
}

/** The rest of the body is not read, so the connection cannot be reused. */
const tooLarge = (maxBytes: number): HttpError =>
  new HttpError(413, `${HTTP_ERRORS[413]} The limit is ${sizeOf(maxBytes)}.`, {
    headers: { Connection: "close" },
  });

const sizeOf = (bytes: number): string =>
  bytes >= 2 ** 20 ? `${bytes / 2 ** 20} MB` : `${bytes / 2 ** 10} kB`;
