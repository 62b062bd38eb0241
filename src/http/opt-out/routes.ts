import type { Context } from "hono";
import { OpenAPIHono } from "@hono/zod-openapi";
import { purposeOf } from "../../decide/deliver/purpose.ts";
import {
  answerUnsubscribe,
  interactionOfLink,
  OPT_OUT_PATH,
} from "../../decide/replies/unsubscribe.ts";
import type { InteractionId } from "../../domain/ids.ts";
import type { ConsentScope, ConsentSource } from "../../domain/vocabulary.ts";
import { loadLinkKeys } from "../../store/api/secrets.ts";
import {
  type LinkedMessage,
  loadLinkedMessage,
  recordConsent,
} from "../../store/replies/consent.ts";
import { clientAddress } from "../auth/client-address.ts";
import { createRateLimiter } from "../auth/rate-limiter.ts";
import type { HttpEnv } from "../core/caller.ts";
import type { HttpDeps } from "../core/deps.ts";
import { OPT_OUT_POLICY, type OptOutView, writeOptOutPage } from "./page.ts";
import { pageLanguage } from "./words.ts";

/** This is enough for a mail program that repeats its POST and for a reader who reloads the page. */
const PER_SECOND_OF_A_LINK = 2;
/** An invalid link is a mistake or a guess. No rate is enough to guess 130 bits; the limit only saves work. */
const INVALID_PER_SECOND = 2;
const ONE_CLICK = "List-Unsubscribe=One-Click";

/**
 * The page behind the opt-out link of a message, and the address of RFC 8058. It needs no login, and the signed link is the
 * permission. A GET changes nothing, because link scanners of mail servers fetch every link.
 */
export function optOutRoutes(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>();
  const invalid = createRateLimiter(INVALID_PER_SECOND);
  const links = createRateLimiter(PER_SECOND_OF_A_LINK);

  app.on(["GET", "POST"], `${OPT_OUT_PATH}/:token`, async (c) => {
    const id = interactionOfLink(c.req.param("token"), await loadLinkKeys(deps.db));
    const [limiter, key] = id === null ? [invalid, clientAddress(c.env.incoming)] : [links, id];
    const wait = limiter.take(key, performance.now());
    if (wait > 0) return answer(deps, c, { view: { kind: "busy" }, status: 429, retryAfter: wait });
    const message = id === null ? undefined : await loadLinkedMessage(deps.db, id);
    const isGenuine = message !== undefined;
    const { http, optsOut } = answerUnsubscribe({ method: c.req.method, isGenuine });
    if (id === null || message === undefined || http !== 200)
      return answer(deps, c, { view: { kind: "unknown" }, status: 404 });
    if (optsOut) await optOut(deps, { id, message, source: await sourceOf(c) });
    return answer(deps, c, { view: viewOf(message, optsOut), status: 200, message });
  });
  return app;
}

/** The button of a mail program sends these words and nothing else. A longer body is not read. */
async function sourceOf(c: Context<HttpEnv>): Promise<ConsentSource> {
  const isShort = Number(c.req.header("content-length") ?? Infinity) <= 2 * ONE_CLICK.length;
  return isShort && (await c.req.text()).trim() === ONE_CLICK ? "oneClick" : "link";
}

interface OptOut {
  readonly id: InteractionId;
  readonly message: LinkedMessage;
  readonly source: ConsentSource;
}

async function optOut({ db, emit }: HttpDeps, { id, message, source }: OptOut): Promise<void> {
  const scopes = scopesOf(message);
  const contacts = await recordConsent(db, {
    contactIds: message.contactIds,
    change: "optOut",
    scopes,
    source,
    interactionId: id,
    reason:
      source === "oneClick"
        ? "The mail program's unsubscribe button was used."
        : "The opt-out page of a message was used.",
  });
  emit("consent.recorded", { interactionId: id, change: "optOut", source, contacts });
}

/** Advertising is opted out of by itself, unless it is about collection too. */
function scopesOf(message: LinkedMessage): readonly ConsentScope[] {
  const { isMarketing, isCollection } = purposeOf(message);
  if (!isMarketing) return ["collection"];
  return isCollection ? ["collection", "marketing"] : ["marketing"];
}

function viewOf(message: LinkedMessage, isDone: boolean): OptOutView {
  const closed = { collection: message.collectionClosed, marketing: message.marketingClosed };
  const wasDone = scopesOf(message).every((scope) => closed[scope]);
  return {
    kind: isDone || wasDone ? "done" : "ask",
    sentTo: message.sentTo ?? "",
    isMarketing: !scopesOf(message).includes("collection"),
  };
}

interface Answer {
  readonly view: OptOutView;
  readonly status: 200 | 404 | 429;
  readonly message?: LinkedMessage;
  readonly retryAfter?: number;
}

function answer(
  { lender }: HttpDeps,
  c: Context<HttpEnv>,
  { view, status, message, retryAfter }: Answer,
): Response {
  const language = pageLanguage(
    new URL(c.req.url).searchParams.get("lang") ?? undefined,
    message?.language,
    lender.languages,
  );
  return c.html(writeOptOutPage({ view, language, lender }), status, {
    "Content-Security-Policy": OPT_OUT_POLICY,
    "Content-Language": language,
    ...(retryAfter !== undefined && { "Retry-After": String(retryAfter) }),
  });
}
