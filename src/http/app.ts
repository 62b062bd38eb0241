import { randomUUID } from "node:crypto";
import { OpenAPIHono } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { secureHeaders } from "hono/secure-headers";
import { answerError } from "./answer-error.ts";
import type { HttpEnv } from "./caller.ts";
import type { HttpDeps } from "./deps.ts";
import { identify } from "./identify.ts";
import { misfit } from "./misfit.ts";
import { registerComponents } from "./document.ts";
import { answerUnknown } from "./not-found.ts";
import { NOTIFICATION_TYPE_RULES } from "./notification-type-rules.ts";
import { notificationTypeRoutes } from "./notification-types.ts";
import { refusal } from "./refusal.ts";

const LARGEST_BODY = 2 ** 20;

/** The REST resources as one app, which answers every request and throws at none. */
export function openApp(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => {
      if (!result.success) throw misfit(result.target, result.error);
    },
  });
  registerComponents(app);
  app.onError(answerError(deps, NOTIFICATION_TYPE_RULES));
  app.use(async (c, next) => {
    c.set("requestId", randomUUID());
    await next();
    c.header("X-Request-Id", c.var.requestId);
  });
  app.use(
    secureHeaders({
      contentSecurityPolicy: { defaultSrc: ["'none'"] },
      referrerPolicy: "no-referrer",
    }),
    bodyLimit({
      maxSize: LARGEST_BODY,
      onError: () => {
        throw refusal(413, "The body is larger than 1 MB: send less.");
      },
    }),
  );
  app.use(identify(deps));
  app.route("/", notificationTypeRoutes(deps));
  app.notFound(answerUnknown(app));
  return app;
}
