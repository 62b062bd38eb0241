import type { Context } from "hono";
import type { HttpEnv } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";

/** A path of ours as callers can reach it: under the address they are told to use, else the one they did use. */
export function publicUrl(
  { publicUrl: base }: Pick<HttpDeps, "publicUrl">,
  c: Context<HttpEnv>,
  path: string,
): string {
  return base === undefined ? new URL(path, c.req.url).href : base.replace(/\/+$/, "") + path;
}
