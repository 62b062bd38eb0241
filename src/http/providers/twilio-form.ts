import type { Context } from "hono";
import { readText } from "../core/body-text.ts";
import type { HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { HTTP_ERRORS, httpError } from "../core/http-error.ts";
import { publicUrl } from "../core/public-url.ts";
import { createForgeryRefusal } from "./refusals.ts";

/** A callback is about one kilobyte, and an inbound text a few. */
const MAX_FORM_BYTES = 16 * 2 ** 10;
const MAX_FIELDS = 200;

/**
 * Returns a function that reads a form which Twilio has signed. It throws 404 if texts are not carried or the public URL is not
 * configured, 415 for another type, 413 for a form that is too large, 403 without a right signature, and 429 for an address
 * that sends many of those. The rate of Twilio's own requests is not limited.
 */
export function createTwilioForm(
  deps: Pick<HttpDeps, "callbacks" | "publicUrl">,
): (c: Context<HttpEnv>) => Promise<URLSearchParams> {
  const refuseForged = createForgeryRefusal();
  return async (c) => {
    const isOfTwilio = deps.callbacks?.isOfTwilio;
    if (isOfTwilio === undefined || deps.publicUrl === undefined)
      throw httpError(404, HTTP_ERRORS[404]);
    const form = await readForm(c);
    const signature = c.req.header("x-twilio-signature") ?? "";
    return isOfTwilio({ signature, url: urlOf(deps, c), form }) ? form : refuseForged(c);
  };
}

async function readForm(c: Context<HttpEnv>): Promise<URLSearchParams> {
  const type = c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") throw httpError(415, HTTP_ERRORS[415]);
  const form = new URLSearchParams(await readText(c.req, MAX_FORM_BYTES));
  if (form.size > MAX_FIELDS) throw httpError(413, HTTP_ERRORS[413]);
  return form;
}

/** The query keeps its order and its encoding, because Twilio has signed them. */
function urlOf(deps: Pick<HttpDeps, "publicUrl">, c: Context<HttpEnv>): string {
  const { pathname, search } = new URL(c.req.url);
  return publicUrl(deps, pathname + search);
}
