import { OpenAPIHono } from "@hono/zod-openapi";
import { answerError } from "./answer-error.ts";
import type { HttpEnv } from "./caller.ts";
import { caseTypeLinkRoutes } from "./case-type-links.ts";
import type { HttpDeps } from "./deps.ts";
import { documentRoutes, registerComponents } from "./document.ts";
import { healthRoutes } from "./health.ts";
import { identify } from "./identify.ts";
import { INTERACTION_RULES } from "./interaction-rules.ts";
import { interactionRoutes } from "./interactions.ts";
import { misfit } from "./misfit.ts";
import { answerUnknown } from "./not-found.ts";
import { NOTIFICATION_TYPE_RULES } from "./notification-type-rules.ts";
import { notificationTypeRoutes } from "./notification-types.ts";
import { surround } from "./surround.ts";
import { throttle } from "./throttle.ts";

/** The REST resources as one app, which answers every request and throws at none. */
export function openApp(deps: HttpDeps): OpenAPIHono<HttpEnv> {
  const app = new OpenAPIHono<HttpEnv>({
    defaultHook: (result) => {
      if (!result.success) throw misfit(result.target, result.error);
    },
  });
  registerComponents(app);
  app.onError(answerError(deps, { ...NOTIFICATION_TYPE_RULES, ...INTERACTION_RULES }));
  app.use(surround(deps));
  app.route("/", healthRoutes(deps));
  documentRoutes(app);

  app.use(identify(deps), throttle(deps.perSecond));
  app.route("/", notificationTypeRoutes(deps));
  app.route("/", caseTypeLinkRoutes(deps));
  app.route("/", interactionRoutes(deps));

  app.notFound(answerUnknown(app));
  return app;
}
